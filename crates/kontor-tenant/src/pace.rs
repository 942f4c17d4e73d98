//! How often one person may ask for things (policy: rate limits).

use http::Method;
use kontor_core::{Result, Timestamp};
use kontor_policy::{Rate, RateLimits, Throttle};
use ruma::{OwnedUserId, UserId};

/// What the people of one organisation have asked for lately. In memory.
#[derive(Debug, Default)]
pub struct Pace(Throttle<(OwnedUserId, Class)>);

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Class {
    /// Messages and other events.
    Event,
    /// Rooms created, invitations, joins and reports.
    Membership,
    /// Uploads, and addresses reserved for them.
    Upload,
    /// Everything else.
    Request,
}

impl Class {
    /// By method and pattern of the path, as registered with the router.
    fn of(method: &Method, path: &str) -> Self {
        let last = || path.rsplit('/').find(|part| !part.starts_with('{')).unwrap_or_default();
        match *method {
            Method::PUT if path.contains("/rooms/{room_id}/") => match path {
                _ if ["/send/", "/state/", "/redact/"].iter().any(|p| path.contains(p)) => {
                    Self::Event
                }
                _ => Self::Request,
            },
            Method::POST | Method::PUT if path.contains("/media/") => Self::Upload,
            Method::POST => match last() {
                "createRoom" | "join" | "knock" | "invite" | "kick" | "ban" | "unban"
                | "upgrade" | "report" => Self::Membership,
                _ => Self::Request,
            },
            _ => Self::Request,
        }
    }

    fn rate(self, limits: &RateLimits) -> Rate {
        match self {
            Self::Event => limits.event,
            Self::Membership => limits.membership,
            Self::Upload => limits.upload,
            Self::Request => limits.request,
        }
    }
}

impl Pace {
    /// Counts a request by its method and the pattern of its path.
    ///
    /// # Errors
    /// `M_LIMIT_EXCEEDED` with the time to wait.
    pub fn take(
        &self,
        limits: &RateLimits,
        user: &UserId,
        (method, path): (&Method, &str),
        now: Timestamp,
    ) -> Result<()> {
        let class = Class::of(method, path);
        self.0.take((user.to_owned(), class), class.rate(limits), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_with_their_kind() {
        let v3 = "/_matrix/client/v3";
        let table = [
            (
                Method::PUT,
                format!("{v3}/rooms/{{room_id}}/send/{{event_type}}/{{txn_id}}"),
                Class::Event,
            ),
            (Method::PUT, format!("{v3}/rooms/{{room_id}}/state/{{event_type}}/"), Class::Event),
            (
                Method::PUT,
                format!("{v3}/rooms/{{room_id}}/redact/{{event_id}}/{{txn_id}}"),
                Class::Event,
            ),
            (Method::PUT, format!("{v3}/rooms/{{room_id}}/typing/{{user_id}}"), Class::Request),
            (Method::PUT, format!("{v3}/sendToDevice/{{event_type}}/{{txn_id}}"), Class::Request),
            (Method::GET, format!("{v3}/rooms/{{room_id}}/state/{{event_type}}/"), Class::Request),
            (Method::GET, format!("{v3}/sync"), Class::Request),
            (Method::POST, format!("{v3}/createRoom"), Class::Membership),
            (Method::POST, format!("{v3}/join/{{room_id_or_alias}}"), Class::Membership),
            (Method::POST, format!("{v3}/rooms/{{room_id}}/invite"), Class::Membership),
            (
                Method::POST,
                format!("{v3}/rooms/{{room_id}}/report/{{event_id}}"),
                Class::Membership,
            ),
            (Method::POST, format!("{v3}/rooms/{{room_id}}/read_markers"), Class::Request),
            (Method::POST, "/_matrix/media/v3/upload".to_owned(), Class::Upload),
            (
                Method::PUT,
                "/_matrix/media/v3/upload/{server_name}/{media_id}".to_owned(),
                Class::Upload,
            ),
            (Method::GET, "/_matrix/client/v1/media/config".to_owned(), Class::Request),
        ];
        for (method, path, class) in table {
            assert_eq!(Class::of(&method, &path), class, "{method} {path}");
        }
    }
}
