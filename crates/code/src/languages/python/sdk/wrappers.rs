//! Libraries that use the SDK on the code's behalf.

use crate::evaluate::{Arguments, Machine, Member, ObjectId, Site, Value};

pub(in crate::languages::python) fn call(
    _machine: &mut Machine<'_>,
    _path: &str,
    _arguments: &Arguments,
    _site: Site,
) -> Option<Value> {
    None
}

pub(in crate::languages::python) fn call_method(
    _machine: &mut Machine<'_>,
    _member: &Member,
    _path: &str,
    _arguments: &Arguments,
    _site: Site,
) -> Option<Value> {
    None
}

pub(in crate::languages::python) fn call_class(
    _machine: &mut Machine<'_>,
    _class: ObjectId,
    _name: &str,
    _arguments: &Arguments,
    _site: Site,
) -> Option<Value> {
    None
}

pub(in crate::languages::python) fn decorated(
    _machine: &mut Machine<'_>,
    _path: &str,
    _object: Option<ObjectId>,
    _site: Site,
) {
}
