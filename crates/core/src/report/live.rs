//! How things stand at the moment.
