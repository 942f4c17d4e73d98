//! The content repository over HTTP.

mod downloads;
mod organisations;
mod thumbnails;
mod uploads;

use std::fs;
use std::path::Path;

use crate::person::Person;
use crate::server::NAME;

/// Uploads as the person; answers the media id.
pub(crate) async fn upload(
    person: &Person,
    content: &[u8],
    content_type: &str,
    file_name: Option<&str>,
) -> String {
    let mut request = person.request("POST", "/_matrix/media/v3/upload");
    if let Some(name) = file_name {
        request = request.query(&[("filename", name)]);
    }
    let answer = request.header("content-type", content_type).body(content.to_vec());
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let json: serde_json::Value = answer.json().await.unwrap();
    id_of(json["content_uri"].as_str().unwrap())
}

/// The media id in an `mxc://` address of the test server.
pub(crate) fn id_of(uri: &str) -> String {
    uri.strip_prefix(&format!("mxc://{NAME}/")).unwrap().to_owned()
}

/// Path of the authenticated download.
pub(crate) fn path_of(media_id: &str) -> String {
    format!("/_matrix/client/v1/media/download/{NAME}/{media_id}")
}

/// The whole file.
pub(crate) async fn download(person: &Person, media_id: &str) -> Vec<u8> {
    let answer = person.request("GET", &path_of(media_id)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

/// Number of files in every tenant's folder of media, uploads under way included.
pub(crate) fn blob_files(data: &Path) -> usize {
    let tenants = fs::read_dir(data.join("tenants")).unwrap();
    tenants.map(|tenant| count(&tenant.unwrap().path().join("media"))).sum()
}

fn count(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}
