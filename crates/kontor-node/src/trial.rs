//! Whether people could go on in what was restored: somebody signs in, rooms are read as their members see
//! them, files are opened. For the sandbox of a rehearsal. law: R-232

use kontor_blob::BlobStore;
use kontor_config::Config;
use kontor_core::{Actor, Clock, Cx, Error, Random, Result, Secret};
use kontor_identity::{Login, NewDevice, NewUser};
use kontor_policy::{PasswordLogin, Policy, SecondFactor};
use kontor_rooms::Direction;
use kontor_tenant::Tenant;
use kontor_vault::Vault;
use ruma::api::client::sync::sync_events::v3::Request;
use ruma::{ServerName, UserId};

use crate::opening::{MEDIA_FOLDER, Opened, Opening};

/// Rooms that are read.
const ROOMS: u64 = 20;
/// Events of each that are read at most.
const EVENTS: usize = 50;
/// Files that are opened, spread over all there are.
const FILES: usize = 20;
/// Accounts looked at in one read.
const ACCOUNTS: u16 = 100;

/// What a trial has read: numbers, of nobody's content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trial {
    /// Rooms.
    pub(crate) rooms: u64,
    /// Events that members see in them.
    pub(crate) events: u64,
    /// People's files, decrypted from the first byte to the last.
    pub(crate) files: u64,
    /// Their bytes, as people get them.
    pub(crate) file_bytes: u64,
}

/// Opens the restored organisation `name` of `sandbox`, signs in with an account made for it, and reads
/// samples. The sandbox is of no use afterwards: the account stays in it.
///
/// # Errors
/// What kept it from working, with a text for the operator.
pub(crate) async fn try_out(sandbox: &Config, clock: &Clock, name: &ServerName) -> Result<Trial> {
    let random = Random::System;
    let vault = Vault::open(&sandbox.server.data, random.clone())?;
    let opening = Opening::new(vault, sandbox, clock.clone(), random.clone());
    let opened = Box::pin(opening.open(name)).await?;
    let operator = Cx::new(opened.tenant.id, Actor::Operator, clock.clone(), random)?;
    let done = Box::pin(try_tenant(&opening, &operator, &opened)).await;
    opened.db.close().await;
    opened.audit.close(&operator).await;
    done
}

async fn try_tenant(opening: &Opening, operator: &Cx, opened: &Opened) -> Result<Trial> {
    let tenant = &*opened.tenant;
    sign_in(tenant, operator).await?;
    let mut trial = Trial::default();
    read_rooms(tenant, operator, &mut trial).await?;
    open_files(opening, tenant, &mut trial).await?;
    Ok(trial)
}

/// A new account signs in by password and is told what there is for it: keys, pepper and tables fit
/// together.
async fn sign_in(tenant: &Tenant, operator: &Cx) -> Result<()> {
    // A program has neither browser nor passkey. Nothing of this is stored, nor leaves the sandbox.
    let policy = (*tenant.policy.now()).clone();
    let (password_login, second_factor) = (PasswordLogin::On, SecondFactor::Optional);
    tenant.policy.replace(Policy { password_login, second_factor, ..policy });
    let random = &operator.random;
    let username = format!("restore-trial-{}", random.word(10)?.to_lowercase());
    let password = Secret::new(random.word(40)?);
    let new = NewUser {
        username: Some(username.clone()),
        password: Some(password.clone()),
        ..NewUser::default()
    };
    let user = tenant.identity.create_user(operator, new).await?;
    let stranger = operator.acting_as(Actor::Anonymous);
    let login = Login { name: username, password, device: NewDevice::default() };
    let signed_in = tenant.identity.login(&stranger, login).await?;
    let cx = tenant.identity.authenticate(&signed_in.access_token, &stranger).await?;
    if cx.user()? != &*user {
        return Err(Error::internal("somebody else was signed in"));
    }
    tenant.sync.sync(&cx, Request::new()).await.map(drop)
}

/// Reads rooms as people who are in them would: one room of each, so that they are spread.
async fn read_rooms(tenant: &Tenant, operator: &Cx, trial: &mut Trial) -> Result<()> {
    let mut after = String::new();
    loop {
        let accounts = tenant.identity.list_users(operator, after, ACCOUNTS).await?;
        let Some(last) = accounts.last() else { return Ok(()) };
        after = last.user_id.to_string();
        for account in &accounts {
            read_room_of(tenant, (operator, &account.user_id), trial).await?;
            if trial.rooms >= ROOMS {
                return Ok(());
            }
        }
    }
}

async fn read_room_of(
    tenant: &Tenant,
    (cx, user): (&Cx, &UserId),
    trial: &mut Trial,
) -> Result<()> {
    let rooms = &tenant.rooms;
    let of_user = rooms.rooms_of(cx, user).await?;
    // Another one for each person, as far as they have several.
    let turn = usize::try_from(trial.rooms).unwrap_or_default() % of_user.len().max(1);
    let Some(room_id) = of_user.keys().nth(turn) else { return Ok(()) };
    let room = rooms.room(cx, room_id).await?;
    let sight = rooms.sight(cx, &room, user).await?;
    let from = (rooms.committed(), Direction::Backwards);
    let page = rooms.page(cx, (&room, &sight), from, (EVENTS, &|_| true)).await?;
    trial.rooms += 1;
    trial.events += page.events.len() as u64;
    Ok(())
}

async fn open_files(opening: &Opening, tenant: &Tenant, trial: &mut Trial) -> Result<()> {
    let keys = opening.vault().open_tenant(&tenant.server_name)?;
    let folder = opening.vault().tenant_dir(&tenant.server_name)?.join(MEDIA_FOLDER);
    let blobs = BlobStore::open(&folder, &keys.media_key, Random::System)?;
    let mut all = blobs.list().await?;
    all.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    for id in all.iter().step_by(all.len().div_ceil(FILES).max(1)) {
        let mut reader = blobs.read(id, 0..u64::MAX).await?;
        while let Some(piece) = reader.next().await? {
            trial.file_bytes += piece.len() as u64;
        }
        trial.files += 1;
    }
    Ok(())
}
