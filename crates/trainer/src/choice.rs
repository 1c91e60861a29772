//! Closed sets whose members have a name in a space file, such as activations and optimizers.

/// A closed set of named members, listed once.
pub trait NamedChoice: Copy + PartialEq + Sized + 'static {
    /// All members with their names, in the order in which they are shown.
    const NAMES: &'static [(&'static str, Self)];

    /// Returns the member called `name`.
    fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|&(_, member)| member)
    }

    /// Returns the name of this member.
    fn name(self) -> &'static str {
        let entry = Self::NAMES.iter().find(|(_, member)| *member == self);
        entry.expect("every member is listed").0
    }
}
