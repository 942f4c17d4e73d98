//! One person, and what administrators do about her account. law

use askama::Template;
use axum::response::Response;
use kontor_approval::{Proposal, Request};
use kontor_core::{Cx, DeviceKind, Error, Kind, MatrixCode, Permission, Role};
use kontor_identity::{
    AccountState, ENDED_BY_NEW_NAME, GuestEnd, GuestTerm, MadeLink, NewProof, Person, ProofMethod,
    RegisteredDevice, RoleChange, StateChange,
};
use ruma::{OwnedDeviceId, OwnedUserId, UserId};

use super::{Choice, name_of, path_after_loss, role_name, state_name};
use crate::account::devices::kind_name;
use crate::admin::names::Names;
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};
use crate::recorded::reason_in_words;
use crate::when::{day, moment};

/// Devices that are shown.
const DEVICES: u16 = 50;

#[derive(Template)]
#[template(path = "admin/person.html")]
#[expect(clippy::struct_excessive_bools, reason = "each shows or hides a part of the page")]
struct PersonPage {
    page: Page,
    /// The page itself, where forms go.
    here: String,
    user: String,
    name: String,
    login: Option<String>,
    mail: Option<String>,
    pending_mail: Option<String>,
    created: String,
    state: String,
    is_suspended: bool,
    is_locked: bool,
    is_closed: bool,
    /// How she signs in, in words.
    ways: Vec<String>,
    browsers: usize,
    app_passwords: usize,
    devices: Vec<Device>,
    roles: Vec<Held>,
    /// Roles she could be given.
    free_roles: Vec<Choice>,
    /// How her identity was proved, by whom and when.
    proof: String,
    proofs: Vec<Choice>,
    reset_until: Option<String>,
    /// Until when she is here, in words, if she is a guest.
    guest: Option<String>,
    /// The link just made, and until when it is good.
    made: Option<(String, String)>,
    wrong: Option<String>,
    /// A device of hers was reported lost just now.
    is_lost: bool,
    typed: Typed,
    /// The viewer may do something about her.
    may_act: bool,
    may_give_roles: bool,
}

/// What stands in the form that was sent.
struct Typed {
    act: String,
    role: String,
    method: String,
    reason: String,
    user_id: String,
}

impl Typed {
    fn of(visit: &Visit) -> Self {
        let text = |name: &str| visit.typed(name).to_owned();
        Self {
            act: text("act"),
            role: text("role"),
            method: text("method"),
            reason: text("reason"),
            user_id: text("user_id"),
        }
    }

    /// The reason, if it stands in the form of `act`.
    fn reason(&self, act: &str) -> &str {
        if self.act == act { &self.reason } else { "" }
    }

    /// As [`Self::reason`], in the form that takes `role`.
    fn taking(&self, role: &str) -> Option<&str> {
        (self.act == "take-role" && self.role == role).then_some(self.reason.as_str())
    }

    /// The name that was typed to close the account.
    fn closing(&self) -> Option<&str> {
        (self.act == "close").then_some(self.user_id.as_str())
    }
}

struct Device {
    id: String,
    kind: String,
    program: String,
    last_used: String,
}

struct Held {
    role: &'static str,
    name: String,
    /// Since when, on whose word and why.
    granted: String,
    by: String,
    reason: String,
}

/// What came of a form.
#[derive(Default)]
struct Outcome {
    made: Option<MadeLink>,
    wrong: Option<String>,
}

/// `GET /admin/people/{user}`
pub(in crate::admin) async fn show(visit: Visit) -> Shown {
    looked_at(&visit, Outcome::default(), page::show).await
}

/// `POST /admin/people/{user}`
pub(in crate::admin) async fn act(visit: Visit) -> Shown {
    match carry_out(&visit).await {
        Ok(Outcome { made: Some(made), .. }) => {
            let outcome = Outcome { made: Some(made), wrong: None };
            looked_at(&visit, outcome, page::show).await
        }
        Ok(_) => Err(Leave::Done(visit.uri.path().to_owned(), "layout-done")),
        Err(Leave::Failed(error)) => {
            let wrong = Some(wrong_of(&visit, error)?);
            looked_at(&visit, Outcome { wrong, made: None }, show_again).await
        }
        Err(leave) => Err(leave),
    }
}

async fn carry_out(visit: &Visit) -> Result<Outcome, Leave> {
    let (_, cx) = visit.officer()?;
    let (identity, user) = (&visit.tenant.identity, user_of(visit)?);
    let text = |name: &str| visit.form.text(name).trim().to_owned();
    let device = || (user.clone(), OwnedDeviceId::from(visit.form.text("device")));
    let mut outcome = Outcome::default();
    match visit.form.text("act") {
        "suspend" => identity.change_state(&cx, user, StateChange::Suspended(true)).await?,
        "unsuspend" => identity.change_state(&cx, user, StateChange::Suspended(false)).await?,
        "lock" => identity.change_state(&cx, user, StateChange::Locked(true)).await?,
        "unlock" => identity.change_state(&cx, user, StateChange::Locked(false)).await?,
        "renew-guest" => identity.renew_guest(&cx, user).await?,
        "close" => close(visit, &cx, user).await?,
        "sign-out" => identity.sign_out(&cx, user).await.map(drop)?,
        "reset-password" => outcome.made = Some(identity.create_reset_link(&cx, user, None).await?),
        "reset-factors" => identity.reset_second_factors(&cx, user, None).await?,
        "device-sign-out" => identity.sign_out_device(&cx, device()).await?,
        "device-lost" => {
            identity.report_lost_device(&cx, device()).await?;
            return Err(Leave::To(path_after_loss(&user)));
        }
        "prove" => {
            let (method, reason) = (text("method").parse()?, text("reason"));
            identity.prove_identity(&cx, NewProof { user_id: user, method, reason }, None).await?;
        }
        "give-role" => change_role(visit, user, true).await?,
        "take-role" => change_role(visit, user, false).await?,
        _ => return Err(Error::invalid(MatrixCode::InvalidParam, "act: is none.").into()),
    }
    Ok(outcome)
}

/// Closes her account for good. What cannot be taken back is typed, not clicked.
async fn close(visit: &Visit, cx: &Cx, user: OwnedUserId) -> Result<(), Leave> {
    if visit.form.text("user_id").trim() != user {
        let error = Error::invalid(MatrixCode::InvalidParam, "user_id: is not hers.");
        return Err(error.with_field("field", "user_id").into());
    }
    Ok(visit.tenant.close_account_of(cx, user, None).await?)
}

/// Gives or takes a role, or asks a second person for it.
async fn change_role(visit: &Visit, user_id: OwnedUserId, held: bool) -> Result<(), Leave> {
    let (_, cx) = visit.officer()?;
    let role: Role = visit.form.text("role").parse()?;
    let reason = visit.form.text("reason").trim().to_owned();
    if role.needs_four_eyes() {
        let proposal = Proposal::ChangeRole { user_id, role: role.to_string(), held };
        let request = Request { proposal, reason, auth: None };
        visit.tenant.approvals.request(&cx, request).await?;
        return Err(Leave::Done("/admin/approvals".to_owned(), "layout-asked"));
    }
    let change = RoleChange { user_id, role, held, reason };
    visit.tenant.identity.change_role(&cx, change, None).await?;
    Ok(())
}

/// What is wrong, in words; what no form can mend stays a failure.
fn wrong_of(visit: &Visit, error: Error) -> Result<String, Leave> {
    let is_reason = error.public.starts_with("reason");
    let is_name = error.fields.get("field").and_then(serde_json::Value::as_str) == Some("user_id");
    let id = match (error.kind, error.code) {
        (Kind::Invalid, _) if is_name => "person-close-wrong",
        (_, Some(MatrixCode::StepUp | MatrixCode::UserSuspended)) => return Err(error.into()),
        (Kind::Forbidden, _) if error.fields.contains_key("permission") => return Err(error.into()),
        (Kind::Invalid, _) if is_reason => "policy-reason-wrong",
        (Kind::Conflict, Some(MatrixCode::ForbiddenRoles)) => "person-roles-clash",
        (Kind::Conflict, _) => "person-guest-in-rooms",
        (Kind::Forbidden, _) => "person-not-you",
        _ => return Err(error.into()),
    };
    Ok(visit.texts.get(id))
}

async fn looked_at(visit: &Visit, outcome: Outcome, show: fn(&PersonPage) -> Response) -> Shown {
    let (session, cx) = visit.officer()?;
    let identity = &visit.tenant.identity;
    let user = user_of(visit)?;
    let person = identity.person(&cx, user.clone()).await?;
    let from = Some((user.clone(), OwnedDeviceId::from("")));
    let names = Names::of_authors(visit, &cx, authors_of(&person)).await?;
    let devices = identity.registered_devices(&cx, from, DEVICES).await?;
    let devices = devices.into_iter().take_while(|device| device.user_id == user);
    let is_closed = person.listed.state == AccountState::Closed;
    let may_manage = session.roles.may(Permission::ManagePeople);
    let texts = visit.texts;
    let address = |made: MadeLink| {
        (identity.reset_address(&made).expose().clone(), moment(visit, made.expires))
    };
    Ok(show(&PersonPage {
        here: visit.uri.path().to_owned(),
        user: user.to_string(),
        name: name_of(&person.listed),
        created: day(visit, person.listed.created),
        state: state_name(texts, person.listed.state),
        is_suspended: person.suspended,
        is_locked: person.listed.state == AccountState::Locked,
        is_closed,
        ways: ways_of(visit, &person),
        browsers: person.browsers,
        app_passwords: person.app_passwords,
        devices: devices.map(|device| device_of(visit, device)).collect(),
        free_roles: free_roles(visit, &person),
        proof: proof_of(visit, &names, &person),
        proofs: proofs(visit),
        reset_until: person.reset_link_ends.map(|at| moment(visit, at)),
        guest: person.guest.map(|term| guest_in_words(visit, term)),
        roles: person.roles.into_iter().map(|row| held(visit, &names, row)).collect(),
        login: person.listed.login_name,
        mail: person.listed.mail,
        pending_mail: person.pending_mail,
        made: outcome.made.map(address),
        wrong: outcome.wrong,
        is_lost: visit.form.has("lost"),
        typed: Typed::of(visit),
        may_act: may_manage && !is_closed && session.user_id != user,
        may_give_roles: session.roles.may(Permission::ChangeRoles),
        page: Page::new(visit, "person-title"),
    }))
}

/// Until when a guest is here.
pub(crate) fn guest_in_words(visit: &Visit, term: GuestTerm) -> String {
    let id = match term.why {
        GuestEnd::Expired => "person-guest-expires",
        GuestEnd::Unused => "person-guest-unused",
    };
    visit.texts.get_with(id, "day", day(visit, term.ends))
}

/// Who stands behind what is written about her.
fn authors_of(person: &Person) -> impl Iterator<Item = &str> {
    let proved = person.proof.iter().map(|proof| proof.proved_by.as_str());
    proved.chain(person.roles.iter().map(|row| row.granted_by.as_str()))
}

fn held(visit: &Visit, names: &Names, row: kontor_identity::HeldRole) -> Held {
    Held {
        role: row.role.as_str(),
        name: role_name(visit.texts, row.role),
        granted: day(visit, row.granted),
        by: names.author(visit.texts, &row.granted_by),
        reason: reason_in_words(visit.texts, row.reason),
    }
}

fn device_of(visit: &Visit, device: RegisteredDevice) -> Device {
    let program = device.registration.program;
    let kind: DeviceKind = device.registration.kind;
    Device {
        id: device.device_id.to_string(),
        kind: kind_name(visit, kind),
        program: program.map(|it| format!("{} {}", it.name, it.version)).unwrap_or_default(),
        last_used: day(visit, device.last_seen_week),
    }
}

/// How she can sign in.
fn ways_of(visit: &Visit, person: &Person) -> Vec<String> {
    let texts = visit.texts;
    let mut ways = Vec::new();
    if person.has_password {
        ways.push(texts.get("person-way-password"));
    }
    if person.passkeys > 0 {
        ways.push(texts.get_with("person-way-passkeys", "count", person.passkeys));
    }
    if person.has_totp {
        ways.push(texts.get("person-way-totp"));
    }
    if person.recovery_codes > 0 {
        ways.push(texts.get_with("person-way-codes", "count", person.recovery_codes));
    }
    if ways.is_empty() {
        ways.push(texts.get("person-way-none"));
    }
    ways
}

fn free_roles(visit: &Visit, person: &Person) -> Vec<Choice> {
    let free = Role::ALL.into_iter().filter(|role| !person.listed.roles.has(*role));
    let named = free.filter(|role| *role != Role::User).map(|role| {
        let name = role_name(visit.texts, role);
        let name = match role.needs_four_eyes() {
            true => visit.texts.get_with("person-role-four-eyes", "role", name),
            false => name,
        };
        Choice { value: role.as_str(), name, chosen: false }
    });
    named.collect()
}

fn proof_of(visit: &Visit, names: &Names, person: &Person) -> String {
    let Some(proof) = &person.proof else { return visit.texts.get("person-proof-none") };
    if proof.method == ENDED_BY_NEW_NAME {
        return visit.texts.get_with("person-proof-over", "day", day(visit, proof.proved));
    }
    let method = proof_name(visit, proof.method.parse().unwrap_or(ProofMethod::Created));
    let when = day(visit, proof.proved);
    let by = names.author(visit.texts, &proof.proved_by);
    format!("{method} ({when}, {by})")
}

fn proofs(visit: &Visit) -> Vec<Choice> {
    let methods = [ProofMethod::InPerson, ProofMethod::Records, ProofMethod::Unproved];
    let choice = |method: ProofMethod| Choice {
        value: method.as_str(),
        name: proof_name(visit, method),
        chosen: false,
    };
    methods.map(choice).into()
}

fn proof_name(visit: &Visit, method: ProofMethod) -> String {
    visit.texts.get(match method {
        ProofMethod::Unproved => "person-proof-take-back",
        ProofMethod::Invited => "data-proof-invited",
        ProofMethod::Created => "data-proof-created",
        ProofMethod::Records => "data-proof-records",
        ProofMethod::InPerson => "data-proof-in-person",
    })
}

/// Whom the address names.
fn user_of(visit: &Visit) -> Result<OwnedUserId, Leave> {
    let last = visit.uri.path().rsplit('/').next().unwrap_or_default();
    // As the value of a query, in which a plus sign would be a space.
    let query = format!("user={}", last.replace('+', "%2B"));
    let mut named = url::form_urlencoded::parse(query.as_bytes());
    let named = named.next().map(|(_, name)| name.into_owned()).unwrap_or_default();
    let user = UserId::parse(named);
    user.map_err(|_| Error::not_found("There is no such person.").into())
}
