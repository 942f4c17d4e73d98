//! Accounts, credentials, sessions and devices of one organisation.
//!
//! Everything a secret can prove is decided here: [`Identity::authenticate`] turns an access token
//! into a context, [`Identity::login`] a password into tokens, and
//! [`Identity::authenticate_interactively`] asks again before something grave. Secrets are stored
//! as keyed hashes only; of people's use, no more than the day is kept, and of a browser's no more
//! than the last minute.

mod account_state;
mod accounts;
mod administration;
mod app_passwords;
mod authenticate;
mod browser_session;
mod browser_sign_in;
mod ceremonies;
mod closing;
mod credentials;
mod deliveries;
mod device_register;
mod device_rights;
mod devices;
mod erasure;
mod forgotten;
mod guesses;
mod guest_lifetime;
mod guests;
mod identity;
mod interactive;
mod invitations;
mod key_replacement;
mod letters;
mod links;
mod login;
mod lost_device;
mod mail_address;
mod methods;
mod new_password;
mod oauth_tokens;
mod one_time_code;
mod own_account;
mod own_devices;
mod passkeys;
mod password;
mod pending_invitations;
mod people;
mod pepper;
mod person;
mod profile;
mod program_floors;
mod proof;
mod recovery_codes;
mod refresh;
mod register;
mod registration_token;
mod roles;
mod second_factor;
mod sessions;
mod shared_secret;
mod step_up;
mod throttle;
mod totp;
mod username;

pub use account_state::{AccountState, StateChange};
pub use accounts::{NewUser, PasswordReset};
pub use app_passwords::NewAppPassword;
pub use browser_session::{Browser, BrowserSession, ListedBrowserSession, RunOut};
pub use browser_sign_in::BrowserSignIn;
pub use device_register::{OwnDevice, RegisteredDevice};
pub use device_rights::DeviceRights;
pub use guest_lifetime::{GuestEnd, GuestTerm};
pub use identity::{Identity, Settings};
pub use interactive::Purpose;
pub use invitations::{Acceptance, Invitation, NewInvitation};
pub use kontor_store::account::AccountRow as Account;
pub use kontor_store::account_role::RoleRow as HeldRole;
pub use kontor_store::app_password::AppPasswordRow as AppPassword;
pub use kontor_store::device::DeviceRow as Device;
pub use kontor_store::device_registration::{Declared, RegistrationRow as DeviceRegistration};
pub use kontor_store::identity_proof::ProofRow as IdentityProof;
pub use kontor_store::mail_address::MailAddressRow as MailAddress;
pub use kontor_store::profile::Profile;
pub use kontor_store::program_floor::FloorRow as ProgramFloor;
pub use letters::HoldNews;
pub use links::{ListedLink, MadeLink};
pub use login::{Login, NewDevice, Opening, SignedIn};
pub use methods::{Enrolled, Method, Methods, Stage};
pub use new_password::PasswordRules;
pub use own_account::OwnAccount;
pub use passkeys::PasskeyQuestion;
pub use password::{Hasher, PasswordCost};
pub use pending_invitations::{PendingInvitation, Renewed};
pub use people::{ListedPerson, PEOPLE_PAGE, PeopleFound, PeopleQuery};
pub use person::Person;
pub use profile::{
    change_own_profile_field, check_profile_rules, set_profile_field, settable_profile_fields,
};
pub use program_floors::{NewFloor, UpdateDue};
pub use proof::{Badge, ENDED_BY_NEW_NAME, MOST_BADGES, NewProof, ProofMethod, Standing};
pub use refresh::Refreshed;
pub use register::{Registered, Registration};
pub use roles::{AS_ADMINISTRATOR, RoleChange};
pub use second_factor::{ListedPasskey, SecondFactors};
pub use shared_secret::SharedSecretRegistration;
pub use step_up::CriticalAct;
pub use totp::NewTotp;
