//! Which packages of a lock file an install takes: what the project's own requirements lead to, along the edges whose
//! markers hold where functions run.

use std::collections::BTreeSet;

use model::component::Presence;

/// A lock's packages and what they ask for.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    /// What the project asks for itself; empty when that is not known.
    pub(crate) roots: Vec<Edge>,
    /// What it asks for during development only.
    pub(crate) development_roots: Vec<Edge>,
    /// What it asks for under extras of its own, which an install takes only when told to.
    pub(crate) optional_roots: Vec<Edge>,
}

#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) edges: Vec<Edge>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Edge {
    pub(crate) to: usize,
    /// Whether its marker holds; `None` when that cannot be known.
    pub(crate) holds: Option<bool>,
    /// The extras of the asking package under which the edge exists; empty when it always does.
    pub(crate) under: Vec<String>,
    /// The extras of the other package that it asks for.
    pub(crate) extras: Vec<String>,
}

/// What becomes of a locked package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Installed(Presence),
    /// Only asked for where a marker says that functions do not run.
    Excluded,
}

impl Graph {
    /// One fate for each node.
    pub(crate) fn fates(&self) -> Vec<Fate> {
        let main = self.main_roots();
        let all: Vec<Edge> =
            [&main, &self.development_roots, &self.optional_roots].into_iter().flatten().cloned().collect();
        let shipped = self.reach(&main, Follow::WhatIsAsked);
        let development = self.reach(&all, Follow::EveryExtra);
        let on_any_platform = self.reach(&all, Follow::EveryEdge);
        let fate =
            |node: usize| match (shipped.contains(node), development.contains(node), on_any_platform.contains(node)) {
                (true, _, _) => Fate::Installed(Presence::Shipped),
                // Development, or an extra that nobody asks for.
                (false, true, _) => Fate::Installed(Presence::Development),
                (false, false, true) => Fate::Excluded,
                // No edge leads here, so nothing says that it is left out.
                (false, false, false) => Fate::Installed(Presence::Shipped),
            };
        (0..self.nodes.len()).map(fate).collect()
    }

    /// What the project asks for; when that is not known, the packages that no other asks for.
    fn main_roots(&self) -> Vec<Edge> {
        if !self.roots.is_empty() || !self.development_roots.is_empty() {
            return self.roots.clone();
        }
        let asked = self.asked();
        let edge = |to| Edge { to, holds: Some(true), ..Edge::default() };
        let unasked: Vec<_> = (0..self.nodes.len()).filter(|node| !asked.contains(*node)).map(edge).collect();
        if unasked.is_empty() { (0..self.nodes.len()).map(edge).collect() } else { unasked }
    }

    /// The nodes that other nodes have an edge to, whether it holds or not.
    fn asked(&self) -> NodeSet {
        let mut asked = NodeSet::new(self.nodes.len());
        for edge in self.nodes.iter().flat_map(|node| &node.edges) {
            asked.insert(edge.to);
        }
        asked
    }

    fn reach(&self, roots: &[Edge], follow: Follow) -> NodeSet {
        let mut reached = NodeSet::new(self.nodes.len());
        let mut reached_extras: BTreeSet<(usize, &str)> = BTreeSet::new();
        let mut waiting: Vec<&Edge> = roots.iter().collect();
        while let Some(edge) = waiting.pop() {
            let leads = edge.holds != Some(false) || follow == Follow::EveryEdge;
            let Some(node) = self.nodes.get(edge.to).filter(|_| leads) else { continue };
            if reached.insert(edge.to) {
                waiting.extend(node.edges.iter().filter(|edge| edge.under.is_empty() || follow != Follow::WhatIsAsked));
            }
            for extra in &edge.extras {
                if reached_extras.insert((edge.to, extra)) {
                    waiting.extend(node.edges.iter().filter(|edge| edge.under.contains(extra)));
                }
            }
        }
        reached
    }
}

/// Which edges count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Follow {
    /// Those that hold, under the extras that are asked for.
    WhatIsAsked,
    /// Those that hold, under any extra.
    EveryExtra,
    /// All of them.
    EveryEdge,
}

struct NodeSet(Vec<bool>);

impl NodeSet {
    fn new(length: usize) -> Self {
        Self(vec![false; length])
    }

    fn contains(&self, node: usize) -> bool {
        self.0.get(node).copied().unwrap_or(false)
    }

    /// Whether the node is new.
    fn insert(&mut self, node: usize) -> bool {
        self.0.get_mut(node).is_some_and(|slot| !std::mem::replace(slot, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(to: usize, holds: Option<bool>) -> Edge {
        Edge { to, holds, ..Edge::default() }
    }

    #[test]
    fn follows_edges_that_hold_and_extras_that_are_asked_for() {
        let optional = Edge { under: vec!["x".into()], ..edge(3, None) };
        let nodes = vec![
            Node { edges: vec![edge(1, Some(true)), edge(2, Some(false)), optional] },
            Node { edges: vec![edge(4, None)] },
            Node { edges: vec![edge(5, Some(true))] },
            Node::default(),
            Node { edges: vec![edge(1, None)] },
            Node::default(),
            Node::default(),
        ];
        let mut graph =
            Graph { nodes, roots: vec![edge(0, None)], development_roots: vec![edge(6, None)], ..Graph::default() };
        let shipped = Fate::Installed(Presence::Shipped);
        let development = Fate::Installed(Presence::Development);
        assert_eq!(
            graph.fates(),
            [shipped, shipped, Fate::Excluded, development, shipped, Fate::Excluded, development]
        );
        graph.roots = vec![Edge { extras: vec!["x".into()], ..edge(0, None) }];
        assert_eq!(graph.fates()[3], shipped);
    }

    #[test]
    fn starts_from_unasked_packages_when_roots_are_unknown() {
        let nodes =
            vec![Node { edges: vec![edge(1, Some(true)), edge(2, Some(false))] }, Node::default(), Node::default()];
        let graph = Graph { nodes, ..Graph::default() };
        let shipped = Fate::Installed(Presence::Shipped);
        assert_eq!(graph.fates(), [shipped, shipped, Fate::Excluded]);
        let cycle = vec![Node { edges: vec![edge(1, None)] }, Node { edges: vec![edge(0, None)] }];
        assert_eq!(Graph { nodes: cycle, ..Graph::default() }.fates(), [shipped, shipped]);
    }
}
