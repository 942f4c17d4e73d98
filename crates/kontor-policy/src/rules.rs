//! The words that single settings of a policy are made of.

/// What opens `m.login.password`, strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordLogin {
    /// Nothing.
    Off,
    /// App passwords, which people make for single programs.
    AppPasswords,
    /// App passwords and the account's password.
    On,
}

/// Who must show more than a password to sign in with a browser, strictest first. Whoever has a
/// second factor is always asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// Everybody, and it must be a passkey.
    Passkey,
    /// Everybody; administrators a passkey (law: R-045).
    Everybody,
    /// Administrators, and it must be a passkey.
    Administrators,
    /// Nobody.
    Optional,
}

/// Whether a field of a profile is filled in, strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldRule {
    /// Nobody may fill it in.
    Off,
    /// Everybody decides for themselves.
    Optional,
    /// It cannot be emptied.
    Required,
}

/// What private use the employer allows, strictest first (law: R-073).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateUse {
    /// None.
    Forbidden,
    /// In rooms of their own class, which nobody else looks into.
    PrivateRooms,
    /// Everywhere; therefore nothing may be supervised.
    Everywhere,
}

/// Which devices are let in, strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceRule {
    /// Those of the organisation.
    CompanyOnly,
    /// Browsers that keep nothing.
    BrowserOnly,
    /// All, people's own too.
    PrivateToo,
}

/// How people find each other in the user directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectorySearch {
    /// Shorter search terms find nobody, in characters.
    pub min_chars: usize,
    /// Most people in one answer.
    pub max_results: usize,
    /// Who can be found.
    pub scope: DirectoryScope,
}

/// Whom a search for people finds, strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectoryScope {
    /// Those one shares a room with.
    SharedRooms,
    /// Everybody in the organisation.
    Organisation,
}

/// Whether there are people from outside, strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuestRule {
    /// No; those who have an account are not let in.
    Off,
    /// Whoever is invited as one.
    Invitation,
}

/// Which files are taken in, strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadTypes {
    /// None that does something when opened: no programs, scripts, web pages, macros, XML.
    NoActiveContent,
    /// As before, but XML, as signed invoices come.
    SignedDocuments,
    /// All.
    Everything,
}
