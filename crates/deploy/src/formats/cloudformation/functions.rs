//! The intrinsic functions, one row each.

use model::{Hidden, Part, SymbolicText};

use super::evaluator::{Evaluator, MAX_ALTERNATIVES, Truth};
use super::partial::{Partial, PartialValue, Place};
use super::{base64, expression};
use crate::Node;

/// One intrinsic function. `evaluate` gets the argument and the node of the whole call.
pub(super) struct Function {
    /// `Fn::Join`.
    pub(super) name: &'static str,
    /// `!Join`; empty when there is no short form.
    pub(super) tag: &'static str,
    pub(super) evaluate: fn(&mut Evaluator<'_>, Argument<'_>, &Node) -> Partial,
}

/// Sorted by name.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "Fn::And", tag: "!And", evaluate: and },
    Function { name: "Fn::Base64", tag: "!Base64", evaluate: base64_of },
    Function { name: "Fn::Cidr", tag: "!Cidr", evaluate: known_at_deployment },
    Function { name: "Fn::Condition", tag: "!Condition", evaluate: condition },
    Function { name: "Fn::Equals", tag: "!Equals", evaluate: equals },
    Function { name: "Fn::FindInMap", tag: "!FindInMap", evaluate: find_in_map },
    Function { name: "Fn::GetAZs", tag: "!GetAZs", evaluate: known_at_deployment },
    Function { name: "Fn::GetAtt", tag: "!GetAtt", evaluate: attribute },
    Function { name: "Fn::GetStackOutput", tag: "!GetStackOutput", evaluate: known_at_deployment },
    Function { name: "Fn::If", tag: "!If", evaluate: choice },
    Function { name: "Fn::ImportValue", tag: "!ImportValue", evaluate: known_at_deployment },
    Function { name: "Fn::Join", tag: "!Join", evaluate: join },
    Function { name: "Fn::Length", tag: "!Length", evaluate: length },
    Function { name: "Fn::Not", tag: "!Not", evaluate: not },
    Function { name: "Fn::Or", tag: "!Or", evaluate: or },
    Function { name: "Fn::Select", tag: "!Select", evaluate: select },
    Function { name: "Fn::Split", tag: "!Split", evaluate: split },
    Function { name: "Fn::Sub", tag: "!Sub", evaluate: substitute },
    Function { name: "Fn::ToJsonString", tag: "!ToJsonString", evaluate: to_json_string },
    Function { name: "Fn::Transform", tag: "!Transform", evaluate: transform },
    Function { name: "Ref", tag: "!Ref", evaluate: reference },
];

/// What a function is called with.
#[derive(Clone, Copy)]
pub(super) struct Argument<'n> {
    pub(super) node: &'n Node,
    /// Whether the node is the call itself, its tag being the function.
    pub(super) is_function_itself: bool,
}

impl<'n> Argument<'n> {
    /// The arguments, when they are written as a list.
    pub(super) fn list(self) -> Option<&'n [Node]> {
        if self.is_function_itself || self.node.tag.is_none() { self.node.as_sequence() } else { None }
    }

    fn literal(self) -> Option<&'n str> {
        if self.is_function_itself || self.node.tag.is_none() { self.node.scalar_text() } else { None }
    }
}

/// The function that `node` calls, if it calls one: by its tag, or as a mapping of one entry.
pub(super) fn find(node: &Node) -> Option<(&'static Function, Argument<'_>)> {
    if let Some(tag) = &node.tag {
        let function = FUNCTIONS.iter().find(|function| function.tag == tag).unwrap_or(&UNKNOWN);
        return Some((function, Argument { node, is_function_itself: true }));
    }
    let (name, argument) = node.single_entry()?;
    let is_function = name == "Ref" || (name.starts_with("Fn::") && !name.starts_with("Fn::ForEach"));
    if !is_function {
        return None;
    }
    let at = FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok();
    let function = at.and_then(|at| FUNCTIONS.get(at)).unwrap_or(&UNKNOWN);
    Some((function, Argument { node: argument, is_function_itself: false }))
}

/// A function that is in no list: a macro of the user's, or one that CloudFormation learnt later.
const UNKNOWN: Function = Function { name: "", tag: "", evaluate: unknown };

/// The call as a reference that names it: equal calls stay equal, and nothing is guessed.
pub(super) fn unevaluated(call: &Node) -> Partial {
    Partial::reference(expression::of(call), Place::of(call))
}

fn known_at_deployment(_: &mut Evaluator<'_>, _: Argument<'_>, call: &Node) -> Partial {
    unevaluated(call)
}

fn unknown(evaluator: &mut Evaluator<'_>, _: Argument<'_>, call: &Node) -> Partial {
    let name = call.tag.as_deref().or_else(|| call.single_entry().map(|(name, _)| name)).unwrap_or_default();
    let why = format!("function `{name}` is not known; its value is taken as known only at deployment");
    evaluator.gap(call, why, &[Hidden::Configuration, Hidden::Permissions]);
    unevaluated(call)
}

fn reference(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    match argument.literal() {
        Some(name) => evaluator.reference(name.trim(), Place::of(call)),
        None => match evaluator.evaluate_argument(argument).literal() {
            Some(name) => evaluator.reference(&name, Place::of(call)),
            None => unevaluated(call),
        },
    }
}

fn attribute(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let path = match argument.list() {
        Some(parts) => {
            let parts: Option<Vec<String>> = parts.iter().map(|part| evaluator.evaluate(part).literal()).collect();
            parts.map(|parts| parts.join("."))
        }
        None => evaluator.evaluate_argument(argument).literal(),
    };
    path.map_or_else(|| unevaluated(call), |path| Partial::reference(path.trim(), Place::of(call)))
}

fn substitute(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let (template, variables) = match argument.list() {
        Some([template, variables]) => (template.scalar_text().filter(|_| template.tag.is_none()), Some(variables)),
        Some([template]) => (template.scalar_text().filter(|_| template.tag.is_none()), None),
        Some(_) => (None, None),
        None => (argument.literal(), None),
    };
    let Some(template) = template else { return unevaluated(call) };
    let mut pieces = Vec::new();
    for part in SymbolicText::parse_sub(template).parts() {
        pieces.push(match part {
            Part::Reference(name) => substituted(evaluator, name, variables, call),
            known => vec![SymbolicText::from_parts([known.clone()])],
        });
    }
    let texts = evaluator.concatenations(pieces);
    from_texts(texts, call, argument.node)
}

/// Every text that `${name}` may stand for.
fn substituted(evaluator: &mut Evaluator<'_>, name: &str, variables: Option<&Node>, call: &Node) -> Vec<SymbolicText> {
    let value = match variables.and_then(|variables| variables.get(name)) {
        Some(variable) => evaluator.evaluate(variable),
        None => evaluator.reference(name, Place::of(call)),
    };
    let texts: Vec<_> = value.texts().collect();
    match value.value {
        PartialValue::Absent | PartialValue::Null => vec![SymbolicText::default()],
        _ if texts.is_empty() => vec![SymbolicText::reference(name)],
        _ => texts,
    }
}

fn join(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let Some([delimiter, list]) = argument.list() else { return unevaluated(call) };
    let Some(delimiter) = evaluator.evaluate(delimiter).literal() else { return unevaluated(call) };
    let list = evaluator.evaluate(list);
    let mut joined = Vec::new();
    for alternative in list.alternatives() {
        let PartialValue::Sequence(items) = &alternative.value else { return unevaluated(call) };
        let mut pieces: Vec<Vec<SymbolicText>> = Vec::new();
        for item in items {
            let texts: Vec<_> = item.texts().collect();
            if texts.is_empty() || texts.len() < item.alternatives().count() || may_be_absent(item) {
                return unevaluated(call);
            }
            if !pieces.is_empty() {
                pieces.push(vec![SymbolicText::literal(delimiter.as_str())]);
            }
            pieces.push(texts);
        }
        match evaluator.concatenations(pieces) {
            Some(texts) => joined.extend(texts),
            None => return unevaluated(call),
        }
    }
    from_texts(Some(joined), call, argument.node)
}

fn select(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let Some([index, list]) = argument.list() else { return unevaluated(call) };
    let index = evaluator.evaluate(index).literal().and_then(|index| index.trim().parse::<usize>().ok());
    let Some(index) = index else { return unevaluated(call) };
    let list = evaluator.evaluate(list);
    let mut selected = Vec::new();
    for alternative in list.alternatives() {
        let PartialValue::Sequence(items) = &alternative.value else { return unevaluated(call) };
        let Some(before) = items.get(..=index) else { return unevaluated(call) };
        if before.iter().any(may_be_absent) {
            return unevaluated(call);
        }
        selected.extend(before.last().cloned());
    }
    if selected.is_empty() { unevaluated(call) } else { Partial::one_of(selected, Place::of(call)) }
}

fn split(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let Some([delimiter, text]) = argument.list() else { return unevaluated(call) };
    let delimiter = evaluator.evaluate(delimiter).literal().filter(|delimiter| !delimiter.is_empty());
    let Some(delimiter) = delimiter else { return unevaluated(call) };
    let text = evaluator.evaluate(text);
    let mut lists = Vec::new();
    for text in text.texts() {
        let Some(text) = text.as_literal() else { return unevaluated(call) };
        let item = |item: &str| Partial::computed(PartialValue::Text(SymbolicText::literal(item)), Place::of(call));
        let items: Vec<_> = text.split(delimiter.as_str()).map(item).collect();
        evaluator.charge(items.len() * 128 + text.len());
        lists.push(Partial::computed(PartialValue::Sequence(items), Place::of(call)));
    }
    if lists.is_empty() { unevaluated(call) } else { Partial::one_of(lists, Place::of(call)) }
}

/// The value of the map; every value that the unknown keys admit, when there are few.
fn find_in_map(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let (map, first, second, default) = match argument.list() {
        Some([map, first, second]) => (map, first, second, None),
        Some([map, first, second, options]) => (map, first, second, options.get("DefaultValue")),
        _ => return unevaluated(call),
    };
    let map = evaluator.evaluate(map).literal();
    let map = map.and_then(|map| evaluator.mappings.and_then(|mappings| mappings.get(&map)));
    let (first, second) = (evaluator.evaluate(first), evaluator.evaluate(second));
    let rows = map.map(|map| under(map, &first)).unwrap_or_default();
    let cells: Vec<_> = rows.into_iter().flat_map(|row| under(row, &second)).collect();
    if cells.is_empty() {
        return default.map_or_else(|| unevaluated(call), |default| evaluator.evaluate(default));
    }
    let mut values: Vec<_> =
        cells.into_iter().take(MAX_ALTERNATIVES + 1).map(|cell| evaluator.evaluate(cell)).collect();
    if values.len() > MAX_ALTERNATIVES {
        return unevaluated(call);
    }
    if let Some(default) = default.filter(|_| first.literal().is_none() || second.literal().is_none()) {
        values.push(evaluator.evaluate(default));
    }
    let found = Partial::one_of(values, Place::of(call));
    Partial::computed(found.value, Place::of(call))
}

/// The values of `map` under `key`: one when it is known, all when it is not.
fn under<'n>(map: &'n Node, key: &Partial) -> Vec<&'n Node> {
    let literals: Option<Vec<String>> = key.texts().map(|text| text.as_literal().map(str::to_owned)).collect();
    match literals {
        Some(keys) if !keys.is_empty() => keys.iter().filter_map(|key| map.get(key)).collect(),
        _ => map.entries().iter().map(|(_, value)| value).collect(),
    }
}

fn choice(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let Some([condition, when_true, when_false]) = argument.list() else { return unevaluated(call) };
    let truth = match condition.as_str() {
        Some(name) if condition.tag.as_deref().is_none_or(|tag| tag == "!Condition") => evaluator.condition(name),
        _ => evaluator.truth(condition),
    };
    let place = Place::of(call);
    match truth {
        Truth::True => computed(evaluator.evaluate(when_true)),
        Truth::False => computed(evaluator.evaluate(when_false)),
        Truth::Unknown => {
            let branches = vec![evaluator.evaluate(when_true), evaluator.evaluate(when_false)];
            computed(Partial::one_of(branches, place))
        }
    }
}

fn computed(value: Partial) -> Partial {
    Partial { computed: true, ..value }
}

fn condition(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let truth = argument.literal().map_or(Truth::Unknown, |name| evaluator.condition(name));
    from_truth(truth, call)
}

fn equals(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let Some([left, right]) = argument.list() else { return unevaluated(call) };
    let (left, right) = (evaluator.evaluate(left), evaluator.evaluate(right));
    let (lefts, rights): (Vec<_>, Vec<_>) = (left.texts().collect(), right.texts().collect());
    let are_known = |texts: &[SymbolicText]| !texts.is_empty() && texts.iter().all(|text| text.as_literal().is_some());
    let truth = match (lefts.as_slice(), rights.as_slice()) {
        // The same reference has the same value.
        ([left], [right]) if left == right => Truth::True,
        (lefts, rights) if !are_known(lefts) || !are_known(rights) => Truth::Unknown,
        ([_], [_]) => Truth::False,
        (lefts, rights) if lefts.iter().any(|text| rights.contains(text)) => Truth::Unknown,
        _ => Truth::False,
    };
    from_truth(truth, call)
}

fn and(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let truths = truths(evaluator, argument);
    let truth = match truths {
        _ if truths.contains(&Truth::False) => Truth::False,
        _ if truths.is_empty() || truths.contains(&Truth::Unknown) => Truth::Unknown,
        _ => Truth::True,
    };
    from_truth(truth, call)
}

fn or(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let truths = truths(evaluator, argument);
    let truth = match truths {
        _ if truths.contains(&Truth::True) => Truth::True,
        _ if truths.is_empty() || truths.contains(&Truth::Unknown) => Truth::Unknown,
        _ => Truth::False,
    };
    from_truth(truth, call)
}

fn not(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let truth = match truths(evaluator, argument).as_slice() {
        [Truth::True] => Truth::False,
        [Truth::False] => Truth::True,
        _ => Truth::Unknown,
    };
    from_truth(truth, call)
}

fn truths(evaluator: &mut Evaluator<'_>, argument: Argument<'_>) -> Vec<Truth> {
    argument.list().unwrap_or_default().iter().map(|part| evaluator.truth(part)).collect()
}

fn from_truth(truth: Truth, call: &Node) -> Partial {
    match truth {
        Truth::True => Partial::computed(PartialValue::Bool(true), Place::of(call)),
        Truth::False => Partial::computed(PartialValue::Bool(false), Place::of(call)),
        Truth::Unknown => unevaluated(call),
    }
}

fn length(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    match evaluator.evaluate_argument(argument).value {
        PartialValue::Sequence(items) if !items.iter().any(may_be_absent) => {
            Partial::computed(PartialValue::Number(items.len().to_string()), Place::of(call))
        }
        _ => unevaluated(call),
    }
}

fn to_json_string(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let text = evaluator.evaluate_argument(argument).to_json();
    from_texts(text.map(|text| vec![text]), call, argument.node)
}

fn base64_of(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    let value = evaluator.evaluate_argument(argument);
    match value.literal().filter(|_| !value.is_undecided()) {
        Some(text) => {
            let encoded = SymbolicText::literal(base64::encode(text.as_bytes()));
            evaluator.charge(text.len() * 2);
            Partial::computed(PartialValue::Text(encoded), Place::of(call))
        }
        None => unevaluated(call),
    }
}

/// The only entry of a mapping is `Fn::Transform`: what the macro yields takes the place of the whole.
fn transform(evaluator: &mut Evaluator<'_>, argument: Argument<'_>, call: &Node) -> Partial {
    match super::expansion::included(evaluator, argument.node) {
        Some(node) => evaluator.evaluate(&node),
        None => Partial::computed(PartialValue::Absent, Place::of(call)),
    }
}

/// The value that is one of `texts`; the call itself when there are too many. The text keeps the lines of `source`.
fn from_texts(texts: Option<Vec<SymbolicText>>, call: &Node, source: &Node) -> Partial {
    let Some(texts) = texts.filter(|texts| !texts.is_empty() && texts.len() <= MAX_ALTERNATIVES) else {
        return unevaluated(call);
    };
    let first_text = source.as_sequence().and_then(<[Node]>::first).unwrap_or(source);
    let place = Place { content_line: first_text.content_line, ..Place::of(call) };
    let value = |text| Partial::computed(PartialValue::Text(text), place.clone());
    Partial::one_of(texts.into_iter().map(value).collect(), place.clone())
}

fn may_be_absent(value: &Partial) -> bool {
    match &value.value {
        PartialValue::OneOf(values) => values.iter().any(Partial::is_absent),
        _ => value.is_absent(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_sorted_and_named_alike() {
        assert!(FUNCTIONS.is_sorted_by_key(|function| function.name));
        for Function { name, tag, .. } in FUNCTIONS {
            assert_eq!(name.trim_start_matches("Fn::"), tag.trim_start_matches('!'));
        }
    }

    #[test]
    fn values_of_yaml_never_stand_for_functions() {
        let node = crate::parse_yaml("{a: 1, b: {Fn::Join: x, c: 1}}", "t").unwrap().value;
        assert!(find(&node).is_none());
        assert!(find(node.get("b").unwrap()).is_none());
    }
}
