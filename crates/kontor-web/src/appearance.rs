//! Light or dark.

/// How pages look, as their reader chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Appearance {
    /// As the system does.
    #[default]
    System,
    Light,
    Dark,
}

impl Appearance {
    /// In the order in which they are offered.
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The one called `name`; whatever is unknown follows the system.
    pub(crate) fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|it| it.name() == name).unwrap_or_default()
    }

    /// Name in forms, in the cookie and in the style.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What browsers are told before they have read the style.
    pub(crate) const fn scheme(self) -> &'static str {
        match self {
            Self::System => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The text that names it.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::System => "appearance-system",
            Self::Light => "appearance-light",
            Self::Dark => "appearance-dark",
        }
    }
}
