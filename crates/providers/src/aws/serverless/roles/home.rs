//! Where the statements of a function are to be written: at the provider when no other function runs with the role, at the
//! function otherwise.

use model::permission::Policy;
use model::proposal::{PolicyForm, PolicyHome, Syntax};

use super::super::declared::{Declared, Entity};
use super::{Choice, Maker, PLUGINS, Role, choice, custom, own, shared};
use crate::aws::resources::boundary;

/// `None` when the role is not part of the project.
pub(in crate::aws::serverless) fn of(
    declared: &Declared<'_>,
    entity: &Entity<'_>,
    role: &Role,
    others: &[String],
) -> Option<PolicyHome> {
    let place = Place { declared, entity, role };
    match choice(declared, entity) {
        Choice::Shared if others.is_empty() => Some(place.at_provider()),
        Choice::Own(maker) => Some(place.at_function(maker)),
        Choice::Custom(text) => {
            let logical_id = custom::logical_id(declared, &text)?;
            if others.is_empty() {
                return Some(place.home(PolicyForm::Role, &logical_id, Vec::new()));
            }
            let step = format!("take `role` away from `{}`: it then gets one of its own", entity.key);
            let mut home = place.apart(others);
            home.steps.insert(0, step);
            Some(home)
        }
        Choice::Shared => Some(place.apart(others)),
    }
}

struct Place<'a> {
    declared: &'a Declared<'a>,
    entity: &'a Entity<'a>,
    role: &'a Role,
}

impl Place<'_> {
    fn home(&self, form: PolicyForm, owner: &str, implied: Vec<Policy>) -> PolicyHome {
        let file = &self.declared.service.file;
        PolicyHome {
            is_translation: false,
            form,
            syntax: Syntax::of_file(file),
            file: file.clone(),
            owner: owner.to_owned(),
            implied,
            elsewhere: self.role.elsewhere.clone(),
            boundary: None,
            steps: Vec::new(),
            location: self.entity.location.clone(),
        }
    }

    fn at_provider(&self) -> PolicyHome {
        let is_old = self.declared.at(&["provider", "iamRoleStatements"]).is_some()
            || self.declared.service.framework_major() == Some(1);
        let form = if is_old { PolicyForm::ServerlessProviderStatements } else { PolicyForm::ServerlessProvider };
        let location = shared::provider_location(self.declared);
        PolicyHome { location, ..self.home(form, "", shared::implied(self.declared, self.role)) }
    }

    fn at_function(&self, maker: Maker) -> PolicyHome {
        let is_plugin = maker == Maker::Plugin || self.entity.get("iamRoleStatements").is_some();
        let form = if is_plugin { PolicyForm::ServerlessFunctionStatements } else { PolicyForm::ServerlessFunction };
        self.home(form, self.entity.key, own::implied(self.declared, self.entity, maker))
    }

    /// The function gets a role of its own: version 4 makes one by itself, before it takes the plugin.
    fn apart(&self, others: &[String]) -> PolicyHome {
        let has_plugin = self.declared.has_plugin(&PLUGINS);
        let by_framework = !has_plugin && self.declared.service.framework_major() >= Some(4);
        let maker = if by_framework { Maker::Framework } else { Maker::Plugin };
        let form = match maker {
            Maker::Framework => PolicyForm::ServerlessFunction,
            Maker::Plugin => PolicyForm::ServerlessFunctionStatements,
        };
        let mut home = self.home(form, self.entity.key, own::implied(self.declared, self.entity, maker));
        if maker == Maker::Plugin && !has_plugin {
            home.steps.push(
                "`npm install --save-dev serverless-iam-roles-per-function` and list it under `plugins`: it makes a role \
                 for each function that has statements"
                    .to_owned(),
            );
        }
        let count = others.len();
        let others =
            if count == 1 { "one other function runs".to_owned() } else { format!("{count} other functions run") };
        home.steps.push(format!("{others} with the role of today: take its statements away when each has its own"));
        home.boundary = boundary(&self.role.policies);
        home
    }
}
