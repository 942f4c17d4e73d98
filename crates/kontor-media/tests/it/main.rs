//! The service against a real database and a real folder of blobs.

#[cfg(test)]
mod downloading;
#[cfg(test)]
mod place;
#[cfg(test)]
mod reserving;
#[cfg(test)]
mod thumbnails;
#[cfg(test)]
mod uploading;
