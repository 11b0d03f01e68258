//! What an expression may evaluate to: a small set of atoms.

use std::fmt;
use std::rc::Rc;

use model::{Part, SymbolicText};

use super::heap::{ObjectId, ScopeId};
use crate::ir::FunctionIndex;

/// Most alternatives a value keeps; more become [`Atom::Unknown`], beside the ones that can be called.
const MAX_ATOMS: usize = 48;

/// Index of a module in the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ModuleId(pub u32);

/// Everything an expression may be, sorted and without duplicates. Empty means that it never has a value (code that
/// does not run, a function that only raises).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Value {
    atoms: Atoms,
}

/// INVARIANT: exactly one atom is always `One`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Atoms {
    One(Atom),
    Many(Rc<[Atom]>),
}

/// One thing that an expression may be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Atom {
    /// `None`, `null`, `undefined`.
    Nothing,
    Boolean(bool),
    Integer(i64),
    Text(Rc<SymbolicText>),
    /// Plain data: an event, an answer of a service, the result of arithmetic. Its members are data too, and calling
    /// them does nothing that matters here.
    Data,
    /// Could be anything, a client included.
    Unknown,
    Function(Closure),
    Class(ObjectId),
    Instance(ObjectId),
    List(ObjectId),
    Dict(ObjectId),
    /// A module of the project.
    Module(ModuleId),
    /// Something of a package that is not the project's, by its path: `boto3`, `os.environ`, `@aws-sdk/client-s3`.
    /// Members are appended with a dot.
    External(Rc<str>),
    /// What a call of something external gave, by the path of what was called: `requests.get()`. Never a value of a
    /// cloud SDK. The object holds functions that were registered with it.
    Foreign(Rc<str>, ObjectId),
    /// The base classes of a class, seen from one of its methods, with the receiver to bind.
    Super(ObjectId, Rc<Self>),
    /// A value of a cloud SDK.
    Cloud(Rc<Cloud>),
    /// A member, not called yet, of something that only the language's model understands: `client.get_object`,
    /// `"text".format`.
    Member(Rc<Member>),
    /// A callable with some arguments given already: `functools.partial`, `f.bind(x, 1)`.
    Partial(Rc<Partial>),
}

/// A function together with where it was defined.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Closure {
    pub module: ModuleId,
    pub function: FunctionIndex,
    /// The scope it was defined in.
    pub scope: ScopeId,
    /// What it was found on: becomes its first parameter or `this`, as its [`crate::ir::Receiver`] says.
    pub receiver: Option<Rc<Atom>>,
    /// The class that defines it, for `super`.
    pub class: Option<ObjectId>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Member {
    pub receiver: Atom,
    pub name: Rc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Partial {
    pub callee: Value,
    pub arguments: Arguments,
}

/// Values of cloud SDKs. `service` is botocore's name; `None` where the code computes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Cloud {
    /// Makes clients and resources: `boto3.Session()`.
    Session,
    /// `flavour` tells the model which methods there are: `""` for the plain client, `document` for DocumentClient, …
    Client {
        service: Option<Rc<str>>,
        flavour: &'static str,
        binding: model::call::Binding,
    },
    /// A resource of boto3: `kind` is the type (`Table`; `ServiceResource` for the service itself).
    Resource {
        service: Rc<str>,
        kind: Rc<str>,
        identifiers: Rc<[(Rc<str>, Value)]>,
        /// Its attributes are known already: reading one calls nothing.
        loaded: bool,
        binding: model::call::Binding,
    },
    /// A collection of resources: `bucket.objects`, filtered or not.
    Collection {
        resource: Rc<Self>,
        name: Rc<str>,
        arguments: Arguments,
    },
    Paginator {
        service: Rc<str>,
        operation: Rc<str>,
    },
    Waiter {
        service: Rc<str>,
        operation: Rc<str>,
    },
    /// Anything else a language's model wants to remember.
    Special {
        kind: &'static str,
        name: Rc<str>,
        parts: Rc<[Value]>,
    },
}

/// The arguments of one call, evaluated.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Arguments {
    pub positional: Vec<Value>,
    /// In the order given.
    pub keyword: Vec<(Rc<str>, Value)>,
    /// A spread of something unknown stands after the positional arguments.
    pub more_positional: bool,
    /// A spread of something unknown stands among the keyword arguments.
    pub more_keyword: bool,
}

impl Arguments {
    pub(crate) fn positional(values: impl IntoIterator<Item = Value>) -> Self {
        Self { positional: values.into_iter().collect(), ..Self::default() }
    }

    /// Nothing known about any argument.
    pub(crate) fn unknown() -> Self {
        Self { more_positional: true, more_keyword: true, ..Self::default() }
    }

    /// The argument given at this position or under this name.
    pub(crate) fn get(&self, position: usize, name: &str) -> Option<&Value> {
        self.positional.get(position).or_else(|| self.named(name))
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Value> {
        self.keyword.iter().find(|(key, _)| &**key == name).map(|(_, value)| value)
    }

    /// Every value handed over.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.positional.iter().chain(self.keyword.iter().map(|(_, value)| value))
    }
}

impl Value {
    /// No value at all.
    pub(crate) fn none() -> Self {
        Self { atoms: Atoms::Many(Rc::from([])) }
    }

    pub(crate) fn unknown() -> Self {
        Atom::Unknown.into()
    }

    pub(crate) fn data() -> Self {
        Atom::Data.into()
    }

    pub(crate) fn text(text: SymbolicText) -> Self {
        Atom::Text(Rc::new(text)).into()
    }

    pub(crate) fn literal(text: &str) -> Self {
        Self::text(SymbolicText::literal(text))
    }

    pub(crate) fn external(path: &str) -> Self {
        Atom::External(path.into()).into()
    }

    pub(crate) fn cloud(cloud: Cloud) -> Self {
        Atom::Cloud(Rc::new(cloud)).into()
    }

    pub(crate) fn atoms(&self) -> &[Atom] {
        match &self.atoms {
            Atoms::One(atom) => std::slice::from_ref(atom),
            Atoms::Many(atoms) => atoms,
        }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.atoms().is_empty()
    }

    /// The only atom, when there is exactly one.
    pub(crate) fn single(&self) -> Option<&Atom> {
        match &self.atoms {
            Atoms::One(atom) => Some(atom),
            Atoms::Many(_) => None,
        }
    }

    /// Either of two values.
    pub(crate) fn or(self, other: Self) -> Self {
        if other.is_none() || self == other {
            return self;
        }
        if self.is_none() {
            return other;
        }
        self.atoms().iter().chain(other.atoms()).cloned().collect()
    }

    /// Whether every atom of `other` is one of this value's.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let mine = self.atoms();
        other.atoms().iter().all(|atom| mine.binary_search(atom).is_ok())
    }

    /// The value without the atoms for which `reject` holds.
    pub(crate) fn without(&self, reject: impl Fn(&Atom) -> bool) -> Self {
        if !self.atoms().iter().any(&reject) {
            return self.clone();
        }
        self.atoms().iter().filter(|atom| !reject(atom)).cloned().collect()
    }

    /// The known texts among the alternatives.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &SymbolicText> {
        self.atoms().iter().filter_map(|atom| match atom {
            Atom::Text(text) => Some(&**text),
            _ => None,
        })
    }

    /// The wholly known texts among the alternatives.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        self.texts().filter_map(SymbolicText::as_literal)
    }

    /// What the value is when it is used as part of a text: one per alternative, sorted.
    pub(crate) fn as_texts(&self) -> Vec<SymbolicText> {
        let mut texts: Vec<_> = self.atoms().iter().map(Atom::as_text).collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    }
}

impl FromIterator<Atom> for Value {
    fn from_iter<I: IntoIterator<Item = Atom>>(atoms: I) -> Self {
        let mut atoms: Vec<_> = atoms.into_iter().collect();
        atoms.sort_unstable();
        atoms.dedup();
        if atoms.len() > MAX_ATOMS {
            atoms.retain(Atom::is_callable);
            atoms.truncate(MAX_ATOMS);
            atoms.push(Atom::Unknown);
            atoms.sort_unstable();
            atoms.dedup();
        }
        match <[Atom; 1]>::try_from(atoms) {
            Ok([atom]) => atom.into(),
            Err(atoms) => Self { atoms: Atoms::Many(atoms.into()) },
        }
    }
}

impl From<Atom> for Value {
    fn from(atom: Atom) -> Self {
        Self { atoms: Atoms::One(atom) }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.atoms()).finish()
    }
}

impl Atom {
    /// Whether calling it or its members may matter: widening keeps these.
    fn is_callable(&self) -> bool {
        !matches!(
            self,
            Self::Nothing
                | Self::Boolean(_)
                | Self::Integer(_)
                | Self::Text(_)
                | Self::Data
                | Self::List(_)
                | Self::Dict(_)
        )
    }

    /// Whether nothing is known of it: also a member of something of which nothing is known, or that the project's own
    /// classes do not have.
    pub(crate) fn is_anything(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::Member(member) => match &member.receiver {
                Self::Instance(_) | Self::Class(_) | Self::Super(..) | Self::Module(_) => true,
                receiver => receiver.is_anything(),
            },
            _ => false,
        }
    }

    fn as_text(&self) -> SymbolicText {
        match self {
            Self::Text(text) => (**text).clone(),
            Self::Integer(number) => SymbolicText::literal(number.to_string()),
            Self::Boolean(truth) => SymbolicText::literal(if *truth { "true" } else { "false" }),
            _ => SymbolicText::from_parts([Part::Unknown]),
        }
    }
}
