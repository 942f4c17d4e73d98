//! Chapter 5: files, pictures, thumbnails.

use anyhow::{Context, Result, ensure};
use matrix_sdk::attachment::AttachmentConfig;
use matrix_sdk::media::{MediaFormat, MediaRequestParameters};
use matrix_sdk::ruma::events::room::MediaSource;
use matrix_sdk::ruma::events::room::message::{MessageType, RoomMessageEventContent};
use matrix_sdk::ruma::{MxcUri, OwnedMxcUri, RoomId};
use reqwest::Method;

use crate::party::Party;
use crate::walk::Walk;

const FIVE_MEGABYTES: usize = 5 * 1024 * 1024;

pub(crate) async fn chapter(walk: &Walk, party: &Party, room: &RoomId) -> Result<()> {
    let Party { phone, laptop, bob, .. } = party;
    walk.step("the server names its upload limit", async {
        let limit = phone.http().ok(Method::GET, "client/v1/media/config", None).await?;
        ensure!(limit["m.upload.size"].as_u64() >= Some(FIVE_MEGABYTES as u64), "{limit}");
        Ok(())
    })
    .await?;

    walk.step("Alice sends a file of 5 MB, encrypted; Bob gets equal bytes", async {
        let file = noise(FIVE_MEGABYTES);
        let sent = phone
            .room(room)?
            .send_attachment(
                "survey.bin",
                &mime::APPLICATION_OCTET_STREAM,
                file.clone(),
                AttachmentConfig::new(),
            )
            .await?;
        for device in [bob, laptop] {
            let event = device.until_read(room, &sent.event_id).await?;
            let content: RoomMessageEventContent =
                serde_json::from_value(event["content"].clone())?;
            let MessageType::File(content) = content.msgtype else {
                anyhow::bail!("not a file: {event}")
            };
            let MediaSource::Encrypted(source) = &content.source else {
                anyhow::bail!("not encrypted: {event}")
            };
            let path = download_path(&source.url)?;
            let stored = device.http().send(Method::GET, &path, None).await?.bytes().await?;
            ensure!(stored.len() == file.len() && stored != file, "the server has the plain file");
            let got = device.client.media().get_file(&content, false).await?;
            ensure!(got.as_deref() == Some(file.as_slice()), "{}: other bytes", device.name);
        }
        Ok(())
    })
    .await?;

    let picture = walk
        .step("Alice sets a picture of herself; Bob sees it in profile and room", async {
            let png = picture(640, 480)?;
            let uri = phone.client.account().upload_avatar(&mime::IMAGE_PNG, png.clone()).await?;
            let profile = bob.client.account().fetch_user_profile_of(&phone.user()).await?;
            let seen = profile.get("avatar_url").and_then(|value| value.as_str());
            ensure!(seen == Some(uri.as_str()), "{seen:?}");
            let bobs = bob.room(room)?;
            let member = bob
                .until("the picture", async || {
                    let member = bobs.get_member(&phone.user()).await?;
                    Ok(member.filter(|member| member.avatar_url() == Some(&uri)))
                })
                .await?;
            let got = member.avatar(MediaFormat::File).await?;
            ensure!(got.as_deref() == Some(png.as_slice()), "other bytes");
            Ok(uri)
        })
        .await?;

    walk.step("a thumbnail is a smaller picture with the same proportions", async {
        let path = format!(
            "client/v1/media/thumbnail/{}?width=64&height=64&method=scale",
            below(&picture)?
        );
        let answer = bob.http().send(Method::GET, &path, None).await?;
        ensure!(answer.status() == 200, "{}", answer.status());
        let (width, height) = dimensions(&answer.bytes().await?).context("no picture")?;
        let small = (64..640).contains(&width);
        ensure!(small && width * 3 == height * 4, "{width} × {height}");
        Ok(())
    })
    .await?;

    walk.step("a range of a file is that range; nobody reads media without a token", async {
        let path = download_path(&picture)?;
        let answer = bob.http().get_range(&path, "bytes=0-7").await?;
        ensure!(answer.status() == 206, "{}", answer.status());
        ensure!(answer.bytes().await?.as_ref() == b"\x89PNG\r\n\x1a\n", "other bytes");
        let anonymous = bob.http().with_token(None);
        anonymous.refuses((Method::GET, &path, None), 401, "M_MISSING_TOKEN").await?;
        let unknown = "client/v1/media/download/localhost/nosuchmedia0000000000";
        bob.http().refuses((Method::GET, unknown, None), 404, "M_NOT_FOUND").await
    })
    .await?;

    walk.step("a web page is stored as a download, never shown", async {
        let page = b"<script>alert(1)</script>".to_vec();
        let uri =
            bob.client.media().upload(&mime::TEXT_HTML, page.clone(), None).await?.content_uri;
        let answer = phone.http().send(Method::GET, &download_path(&uri)?, None).await?;
        let header = |name: &str| {
            let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        ensure!(header("content-disposition").starts_with("attachment"), "shown inline");
        ensure!(header("content-security-policy").contains("sandbox"), "no sandbox");
        ensure!(header("x-content-type-options") == "nosniff", "may be sniffed");
        let request =
            MediaRequestParameters { source: MediaSource::Plain(uri), format: MediaFormat::File };
        let got = laptop.client.media().get_media_content(&request, false).await?;
        ensure!(got == page, "other bytes");
        Ok(())
    })
    .await
}

/// The download path of an `mxc://` address.
fn download_path(uri: &MxcUri) -> Result<String> {
    Ok(format!("client/v1/media/download/{}", below(&uri.to_owned())?))
}

fn below(uri: &OwnedMxcUri) -> Result<String> {
    let (server, id) = uri.parts().context("not an mxc address")?;
    Ok(format!("{server}/{id}"))
}

/// Bytes that do not compress and are the same in every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Width and height of a PNG or JPEG file.
fn dimensions(file: &[u8]) -> Option<(u32, u32)> {
    if file.starts_with(b"\x89PNG") {
        let info = png::Decoder::new(std::io::Cursor::new(file)).read_info().ok()?;
        return Some((info.info().width, info.info().height));
    }
    // JPEG: segments of marker, length and content; a start-of-frame segment has the size.
    let mut rest = file.strip_prefix(b"\xff\xd8")?;
    while let [0xff, marker, high, low, content @ ..] = rest {
        if matches!(marker, 0xc0..=0xc2) {
            let [_, h1, h0, w1, w0, ..] = content else { return None };
            return Some((
                u32::from(*w1) << 8 | u32::from(*w0),
                u32::from(*h1) << 8 | u32::from(*h0),
            ));
        }
        rest = content.get(usize::from(*high) * 256 + usize::from(*low) - 2..)?;
    }
    None
}

/// A picture with some structure.
fn picture(width: u32, height: u32) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header()?;
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| [x as u8, y as u8, (x ^ y) as u8]))
        .collect();
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(file)
}
