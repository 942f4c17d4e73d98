//! Rooms that two people share.

use kontor_core::{Cx, Error, MatrixCode, Result};
use ruma::UInt;
use ruma::api::client::membership::get_mutual_rooms::v1::{Request, Response};
use ruma::events::room::member::MembershipState;

use crate::{Rooms, UserRoom};

/// Rooms in one answer.
const PAGE: usize = 100;

impl Rooms {
    /// Rooms that the caller and somebody else have both joined (spec: `GET /mutual_rooms`);
    /// none if there is no such person.
    pub async fn mutual_rooms(&self, cx: &Cx, request: Request) -> Result<Response> {
        let user = cx.user()?;
        if request.user_id == user {
            return Err(Error::invalid(MatrixCode::InvalidParam, "user_id: this is you."));
        }
        let start = match request.from.as_deref().map(str::parse::<usize>) {
            None => 0,
            Some(Ok(start)) => start,
            Some(Err(_)) => {
                let text = "from: not a token of this server.";
                return Err(Error::invalid(MatrixCode::InvalidParam, text));
            }
        };
        let joined = |entry: &UserRoom| entry.membership == MembershipState::Join;
        let theirs = self.rooms_of(cx, &request.user_id).await?;
        let mine = self.rooms_of(cx, user).await?;
        let shared: Vec<_> = mine
            .iter()
            .filter(|(id, entry)| joined(entry) && theirs.get(*id).is_some_and(joined))
            .map(|(id, _)| id.clone())
            .collect();
        let end = start.saturating_add(PAGE);
        let next = (end < shared.len()).then(|| end.to_string());
        let count = UInt::try_from(shared.len()).map_err(Error::internal)?;
        let page = shared.into_iter().skip(start).take(PAGE).collect();
        let mut response = Response::new(count, page);
        response.next_batch = next;
        Ok(response)
    }
}
