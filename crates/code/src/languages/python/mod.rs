//! Python: files, imports, handlers, boto3.

use super::{Language, Lowered, Model, Resolution};

pub(crate) const PYTHON: Language = Language {
    id: "python",
    extensions: &[".py"],
    runtimes: &["python"],
    constructor: "__init__",
    is_foreign: |_| false,
    is_sdk: |_| false,
    lower: |_, _| Lowered { module: crate::ir::Module::default(), problems: Vec::new() },
    resolve: |_, _, request| Resolution::External(request.to_owned()),
    handler: |_, _| None,
    model: Model {
        global: |_| None,
        member: |_, _, _, _| None,
        index: |_, _, _, _| None,
        call: |_, _, _, _, _| None,
        annotation: |_, _| None,
        element: |_, _, _| None,
    },
};
