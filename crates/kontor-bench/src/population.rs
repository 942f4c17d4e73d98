//! People and rooms to measure with, made through the API.

use std::net::SocketAddr;
use std::path::Path;

use bytes::Bytes;
use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

use crate::Result;
use crate::client::Client;
use crate::process::Server;
use crate::scenario::Scenario;

/// Members of each of the fifty rooms.
pub(crate) const ROOM_MEMBERS: usize = 8;
/// Rooms with [`ROOM_MEMBERS`] members.
pub(crate) const ROOMS: usize = 50;
/// People who take part in ordinary scenarios.
const PEOPLE: usize = 200;
/// People who only fill the largest room.
const CROWD: usize = 800;
/// Requests at a time while filling the server.
const HANDS: usize = 16;

/// A registered account.
#[derive(Clone)]
pub(crate) struct Person {
    /// Full user id.
    pub(crate) id: String,
    /// Device logged in with.
    pub(crate) device: String,
    /// Access token.
    pub(crate) token: String,
}

/// A room and who is joined.
pub(crate) struct Room {
    /// Room id.
    pub(crate) id: String,
    /// Indexes into [`Population::people`].
    pub(crate) members: Vec<usize>,
}

/// A server with people and rooms.
pub(crate) struct Population {
    /// The server process.
    pub(crate) server: Server,
    /// Everybody; the crowd comes last.
    pub(crate) people: Vec<Person>,
    /// Fifty rooms of eight.
    pub(crate) rooms: Vec<Room>,
    /// A room of 200 and one of 1,000; empty unless the scenario is wanted.
    pub(crate) halls: Vec<Room>,
    /// People with exactly 60 and 200 rooms; `None` unless wanted.
    pub(crate) busy: Option<[Person; 2]>,
    counter: u64,
}

impl Population {
    /// Starts the binary and fills it with what the scenarios need.
    pub(crate) async fn create(binary: &Path, scenarios: &[Scenario]) -> Result<Self> {
        let server = Server::start(binary).await?;
        let mut population = Self {
            server,
            people: Vec::new(),
            rooms: Vec::new(),
            halls: Vec::new(),
            busy: None,
            counter: 0,
        };
        population.register("p", PEOPLE).await?;
        for number in 0..ROOMS {
            let members = (0..ROOM_MEMBERS).map(|seat| (number * 4 + seat) % PEOPLE).collect();
            let room = population.create_room(&format!("Room {number}"), members).await?;
            population.rooms.push(room);
        }
        if scenarios.contains(&Scenario::FirstSync) || scenarios.contains(&Scenario::Sync) {
            let few = population.person_with_rooms("sixty", 60).await?;
            let many = population.person_with_rooms("twohundred", 200).await?;
            population.busy = Some([few, many]);
        }
        if scenarios.contains(&Scenario::FanOut) {
            population.register("crowd", CROWD).await?;
            for members in [PEOPLE, PEOPLE + CROWD] {
                let hall = population.create_room("Hall", (0..members).collect()).await?;
                population.halls.push(hall);
            }
        }
        Ok(population)
    }

    /// A connection signed in as this person.
    pub(crate) async fn client(&self, person: &Person) -> Result<Client> {
        Client::connect(self.server.address, Some(&person.token)).await
    }

    /// Connections signed in as the people with these indexes.
    pub(crate) async fn clients(
        &self,
        people: impl IntoIterator<Item = usize>,
    ) -> Result<Vec<Client>> {
        let mut clients = Vec::new();
        for index in people {
            clients.push(self.client(self.person(index)?).await?);
        }
        Ok(clients)
    }

    /// The person at this index.
    pub(crate) fn person(&self, index: usize) -> Result<&Person> {
        self.people.get(index).ok_or_else(|| format!("no person {index}").into())
    }

    /// A number never given before, for transaction ids.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    async fn register(&mut self, prefix: &str, count: usize) -> Result<()> {
        let first = self.people.len();
        let names: Vec<String> = (first..first + count).map(|n| format!("{prefix}{n}")).collect();
        let address = self.server.address;
        let work = split(&names).into_iter().map(|share| register_all(address, share));
        for people in join_all(work).await {
            self.people.extend(people?);
        }
        Ok(())
    }

    async fn create_room(&self, name: &str, members: Vec<usize>) -> Result<Room> {
        let (first, others) = members.split_first().ok_or("a room without members")?;
        let mut creator = self.client(self.person(*first)?).await?;
        let id = create_room(&mut creator, name).await?;
        let work = split(others).into_iter().map(|share| self.join_all(&id, share));
        join_all(work).await.into_iter().collect::<Result<Vec<()>>>()?;
        Ok(Room { id, members })
    }

    /// Somebody with many rooms of three members and ten messages each.
    async fn person_with_rooms(&mut self, name: &str, count: usize) -> Result<Person> {
        let mut client = Client::connect(self.server.address, None).await?;
        let person = register(&mut client, name).await?;
        let numbers: Vec<usize> = (0..count).collect();
        let work = split(&numbers).into_iter().map(|share| self.fill_rooms(&person, share));
        join_all(work).await.into_iter().collect::<Result<Vec<()>>>()?;
        Ok(person)
    }

    async fn fill_rooms(&self, person: &Person, numbers: Vec<usize>) -> Result<()> {
        let mut own = self.client(person).await?;
        for number in numbers {
            let id = create_room(&mut own, &format!("{number} of many")).await?;
            self.join_all(&id, vec![number % PEOPLE, (number + 1) % PEOPLE]).await?;
            for message in 0..10 {
                let path = send_path(&id, &format!("fill-{message}"));
                own.ok(Method::PUT, &path, text("filler")).await?;
            }
        }
        Ok(())
    }

    async fn join_all(&self, room: &str, people: Vec<usize>) -> Result<()> {
        for index in people {
            let mut client = self.client(self.person(index)?).await?;
            client.ok(Method::POST, &format!("client/v3/join/{room}"), "{}").await?;
        }
        Ok(())
    }
}

/// Shares of a list for [`HANDS`] workers.
fn split<T: Clone>(list: &[T]) -> Vec<Vec<T>> {
    let size = list.len().div_ceil(HANDS).max(1);
    list.chunks(size).map(<[T]>::to_vec).collect()
}

async fn register_all(address: SocketAddr, names: Vec<String>) -> Result<Vec<Person>> {
    let mut client = Client::connect(address, None).await?;
    let mut people = Vec::new();
    for name in names {
        people.push(register(&mut client, &name).await?);
    }
    Ok(people)
}

/// Registers somebody without a password, where the server lets them: nothing here logs in with
/// one, and hashing would take most of the time.
async fn register(client: &mut Client, name: &str) -> Result<Person> {
    let mut body = json!({ "username": name, "auth": { "type": "m.login.dummy" } });
    let answer = client.call(Method::POST, "client/v3/register", body.to_string()).await?;
    let answer: Value = if answer.status == 200 {
        serde_json::from_slice(&answer.body)?
    } else if let Some(fields) = body.as_object_mut() {
        fields.insert("password".to_owned(), json!("a long password for a short life"));
        client.json(Method::POST, "client/v3/register", &body).await?
    } else {
        Value::Null
    };
    let field = |name: &str| {
        answer
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| format!("register: no {name}"))
    };
    Ok(Person { id: field("user_id")?, device: field("device_id")?, token: field("access_token")? })
}

async fn create_room(client: &mut Client, name: &str) -> Result<String> {
    let body = json!({ "preset": "public_chat", "name": name });
    let answer = client.json(Method::POST, "client/v3/createRoom", &body).await?;
    let id = answer.get("room_id").and_then(Value::as_str).ok_or("createRoom: no room_id")?;
    Ok(id.to_owned())
}

/// Path of a message to a room.
pub(crate) fn send_path(room: &str, transaction: &str) -> String {
    format!("client/v3/rooms/{room}/send/m.room.message/{transaction}")
}

/// Body of a text message of ordinary length.
pub(crate) fn text(body: &str) -> Bytes {
    json!({
        "msgtype": "m.text",
        "body": format!("{body}: the quick brown fox jumps over the lazy dog, twice a day."),
    })
    .to_string()
    .into()
}
