//! Faults that a person switches on: what there is to choose, what is chosen, and the form that changes it.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::Serialize;

/// One thing that can go wrong, and how.
#[derive(Debug, Clone, Serialize)]
pub struct Switch {
    /// The form's field.
    pub name: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// What can be chosen. The first is all well; two are drawn as a box to tick, more as a list.
    pub choices: &'static [Choice],
    /// The value that is chosen.
    pub chosen: &'static str,
    /// Why nothing can be chosen here, in a sentence.
    pub unavailable: Option<String>,
}

/// One way in which it goes.
#[derive(Debug, Serialize)]
pub struct Choice {
    /// The form's value.
    pub value: &'static str,
    /// Its name.
    pub label: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    /// What the banner says while it is chosen; empty when all is well.
    pub banner: &'static str,
}

/// What was chosen: a value for each switch.
pub type Chosen = BTreeMap<&'static str, &'static str>;

/// The switches of a shop.
#[derive(Clone)]
pub struct Panel {
    read: Arc<dyn Fn() -> Vec<Switch> + Send + Sync>,
    set: Arc<dyn Fn(&Chosen) + Send + Sync>,
}

impl fmt::Debug for Panel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Panel")
    }
}

/// A field or value that no switch has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unknown(pub(crate) String);

/// How the switches stand, for the page's script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Standing {
    chosen: Chosen,
    banner: String,
}

impl Panel {
    /// `read` answers how the switches stand; `set` moves them, and is given a value that exists for each that can be moved.
    pub fn new(read: impl Fn() -> Vec<Switch> + Send + Sync + 'static, set: impl Fn(&Chosen) + Send + Sync + 'static) -> Self {
        Self { read: Arc::new(read), set: Arc::new(set) }
    }

    pub(crate) fn switches(&self) -> Vec<Switch> {
        (self.read)()
    }

    pub(crate) fn standing(&self) -> Standing {
        let switches = self.switches();
        let chosen = switches.iter().map(|switch| (switch.name, switch.chosen)).collect();
        let banners = switches.iter().filter_map(|switch| switch.choices.iter().find(|choice| choice.value == switch.chosen));
        let banners: Vec<&str> = banners.map(|choice| choice.banner).filter(|banner| !banner.is_empty()).collect();
        Standing { chosen, banner: banners.join(" ") }
    }

    /// Takes a form in. A switch that it does not name is all well, so an empty form is all well again.
    pub(crate) fn take(&self, form: &[u8]) -> Result<(), Unknown> {
        let switches = self.switches();
        let mut chosen = Chosen::new();
        for (name, value) in form_urlencoded::parse(form) {
            let switch = switches.iter().find(|switch| switch.name == name).ok_or_else(|| Unknown(name.clone().into_owned()))?;
            let choice = switch.choices.iter().find(|choice| choice.value == value).ok_or_else(|| Unknown(value.into_owned()))?;
            chosen.insert(switch.name, choice.value);
        }
        for switch in &switches {
            if let Some(well) = switch.choices.first() {
                chosen.entry(switch.name).or_insert(well.value);
            }
        }
        for switch in switches.iter().filter(|switch| switch.unavailable.is_some()) {
            chosen.remove(switch.name);
        }
        (self.set)(&chosen);
        Ok(())
    }
}

impl Standing {
    pub(crate) fn banner(&self) -> &str {
        &self.banner
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    static CHOICES: [Choice; 2] = [
        Choice { value: "well", label: "Well", about: "", banner: "" },
        Choice { value: "down", label: "Down", about: "", banner: "It is down." },
    ];

    /// Two switches; the second cannot be moved.
    fn panel() -> Panel {
        let state: Arc<Mutex<&'static str>> = Arc::new(Mutex::new("well"));
        let read = state.clone();
        let switch = |name, chosen, unavailable| Switch { name, title: "", choices: &CHOICES, chosen, unavailable };
        Panel::new(
            move || vec![switch("mail", *read.lock().unwrap(), None), switch("stripe", "well", Some("real Stripe".to_owned()))],
            move |chosen| {
                assert!(!chosen.contains_key("stripe"));
                *state.lock().unwrap() = chosen["mail"];
            },
        )
    }

    #[test]
    fn a_form_moves_the_switches_and_an_empty_one_moves_them_back() {
        let panel = panel();
        panel.take(b"mail=down&stripe=down").unwrap();
        assert_eq!((panel.standing().chosen["mail"], panel.standing().banner()), ("down", "It is down."));
        panel.take(b"").unwrap();
        assert_eq!((panel.standing().chosen["mail"], panel.standing().banner()), ("well", ""));
    }

    #[test]
    fn what_no_switch_has_moves_nothing() {
        let panel = panel();
        panel.take(b"mail=down").unwrap();
        assert_eq!(panel.take(b"mail=sideways"), Err(Unknown("sideways".to_owned())));
        assert_eq!(panel.take(b"post=down"), Err(Unknown("post".to_owned())));
        assert_eq!(panel.standing().chosen["mail"], "down");
    }
}
