//! The demo organisation of `kontor serve --demo`.

use std::sync::Arc;

use kontor_core::{Actor, Cx, Error, Result, Roles, Secret, Session};
use kontor_identity::NewUser;
use kontor_node::Node;
use kontor_rooms::Send;
use kontor_tenant::Tenant;
use ruma::api::client::room::create_room::v3::{Request, RoomPreset};
use ruma::events::TimelineEventType;
use ruma::{OwnedRoomId, OwnedUserId, TransactionId};
use serde_json::json;
use serde_json::value::to_raw_value;

use crate::failure::Failure;
use crate::{output, site};

/// The people: name to sign in with, name shown, whether an administrator.
const PEOPLE: [(&str, &str, bool); 3] =
    [("anna", "Anna Berger", true), ("ben", "Ben Yilmaz", false), ("clara", "Clara Nowak", false)];

const WELCOME: &str = "Willkommen bei Kontor! Dieser Raum ist unverschlüsselt, damit der Server \
                       Sie begrüßen kann. Im Raum „Team“ ist alles Ende-zu-Ende verschlüsselt.";

/// One demo person.
struct Person {
    user_id: OwnedUserId,
    login_name: &'static str,
    password: String,
}

/// Fills the first organisation if it has no account yet, and prints the passwords.
pub(crate) async fn prepare(node: &Node) -> std::result::Result<(), Failure> {
    let names = node.tenants().names();
    let Some(name) = names.first() else { return Ok(()) };
    let tenant = node.tenants().open(name).await?;
    let cx = site::operator(&tenant)?;
    if !tenant.identity.list_users(&cx, String::new(), 1).await?.is_empty() {
        tracing::info!("the demo organisation exists; new password: kontor user reset-password");
        return Ok(());
    }
    let people = create_people(&tenant, &cx).await?;
    create_rooms(&tenant, &cx, &people).await?;
    print(&people, node.address().port());
    Ok(())
}

async fn create_people(tenant: &Tenant, cx: &Cx) -> Result<Vec<Person>> {
    let mut people = Vec::new();
    for (login_name, display_name, admin) in PEOPLE {
        let password = cx.random.password()?;
        let new = NewUser {
            username: Some(login_name.to_owned()),
            password: Some(Secret::new(password.clone())),
            display_name: Some(display_name.to_owned()),
            roles: if admin { Roles::ADMINISTRATOR } else { Roles::NONE },
        };
        let user_id = tenant.identity.create_user(cx, new).await?;
        people.push(Person { user_id, login_name, password });
    }
    Ok(people)
}

async fn create_rooms(tenant: &Tenant, cx: &Cx, people: &[Person]) -> Result<()> {
    let Some((host, guests)) = people.split_first() else { return Ok(()) };
    let host_cx = cx.acting_as(session(&host.user_id));
    let welcome = room("Willkommen", "Für alle", guests, false)?;
    let welcome = tenant.rooms.create(&host_cx, welcome).await?;
    let team = tenant.rooms.create(&host_cx, room("Team", "Unter uns", guests, true)?).await?;
    for guest in guests {
        let guest_cx = cx.acting_as(session(&guest.user_id));
        for room_id in [&welcome, &team] {
            tenant
                .rooms
                .join(&guest_cx, room_id.as_str().try_into().map_err(Error::internal)?, None)
                .await?;
        }
    }
    greet(tenant, &host_cx, welcome).await
}

async fn greet(tenant: &Tenant, cx: &Cx, room_id: OwnedRoomId) -> Result<()> {
    let content = json!({ "msgtype": "m.notice", "body": WELCOME });
    let send = Send {
        room_id,
        kind: TimelineEventType::RoomMessage,
        content: to_raw_value(&content).map_err(Error::internal)?,
        txn_id: TransactionId::new(),
        files: Vec::new(),
    };
    tenant.rooms.send(cx, send).await?;
    Ok(())
}

fn room(name: &str, topic: &str, guests: &[Person], encrypted: bool) -> Result<Request> {
    let mut request = Request::new();
    request.name = Some(name.to_owned());
    request.topic = Some(topic.to_owned());
    request.preset = Some(RoomPreset::PrivateChat);
    request.invite = guests.iter().map(|guest| guest.user_id.clone()).collect();
    if encrypted {
        let encryption = json!({
            "type": "m.room.encryption",
            "state_key": "",
            "content": { "algorithm": "m.megolm.v1.aes-sha2" }
        });
        let encryption = to_raw_value(&encryption).map_err(Error::internal)?;
        request.initial_state = vec![ruma::serde::Raw::from_json(encryption)];
    }
    Ok(request)
}

/// The person, acting without a device of their own.
fn session(user_id: &OwnedUserId) -> Actor {
    let session = Session::new(user_id.clone(), "KONTORDEMO".into(), Roles::USER);
    Actor::User(Arc::new(session))
}

fn print(people: &[Person], port: u16) {
    output::line("\nDemo organisation, created now. These passwords are shown once:\n");
    for person in people {
        output::line(&format!(
            "  {:6} {:18} {}",
            person.login_name, person.password, person.user_id
        ));
    }
    output::line(&format!(
        "\nOpen http://localhost:{port} in a browser and sign in, or use any Matrix client with the \
         homeserver http://localhost:{port}.\nAnna administers the organisation: \
         http://localhost:{port}/admin\n"
    ));
}
