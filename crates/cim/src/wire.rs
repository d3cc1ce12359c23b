//! The two shapes everything on the wire is made of: objects that keep unknown members, and open word lists.
//!
//! Written as macros because the promise is the same for every type: a missing or `null` member takes its
//! default, a member of the wrong JSON type is an error, an unknown member survives, and an absent `Option`
//! is written as `null` unless the field says `skip_serializing_if`.

/// Objects: camelCase members, each read through [`crate::lenient::Lenient`], unknown ones kept in `extra`.
macro_rules! wire_struct {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)?
    })*) => {$(
        #[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        $(#[$meta])*
        $vis struct $name {
            $($(#[$field_meta])* #[serde(deserialize_with = "crate::lenient::read")] pub $field: $type,)*
            /// Members this version does not know, kept as they came.
            #[serde(flatten)]
            pub extra: crate::Members,
        }
        wire_object!($name);
    )*};
}

/// Lets a type stand as a member: required (`null` becomes the default) or optional.
macro_rules! wire_object {
    ($name:ty) => {
        impl<'de> crate::lenient::Lenient<'de> for $name {
            fn read<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                <Option<$name> as serde::Deserialize>::deserialize(source).map(Option::unwrap_or_default)
            }
        }
        impl<'de> crate::lenient::Lenient<'de> for Option<$name> {
            fn read<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                <Option<$name> as serde::Deserialize>::deserialize(source)
            }
        }
    };
}

/// Word lists: any letter case in, the listed spelling out, unknown words kept in `Other`.
///
/// `Other("")`, the default, stands for a word that was missing; an optional word reads `""` as `None`.
macro_rules! wire_words {
    ($($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal $(| $alias:literal)*),* $(,)?
    })*) => {$(
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        $(#[$meta])*
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// A word outside the list, as it came.
            Other(String),
        }

        impl $name {
            /// Every listed word, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word as the wire spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(word) => word,
                }
            }

            /// No word at all: the member was missing, `null` or empty.
            pub fn is_blank(&self) -> bool {
                self.as_str().trim().is_empty()
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                $(if word.eq_ignore_ascii_case($word) $(|| word.eq_ignore_ascii_case($alias))* {
                    return Self::$variant;
                })*
                Self::Other(word.to_owned())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
                sink.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                crate::lenient::word(source).map(Option::unwrap_or_default)
            }
        }

        impl<'de> crate::lenient::Lenient<'de> for $name {
            fn read<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                crate::lenient::word(source).map(Option::unwrap_or_default)
            }
        }

        impl<'de> crate::lenient::Lenient<'de> for Option<$name> {
            fn read<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                crate::lenient::word(source)
            }
        }
    )*};
}

/// The constant `participantType` of an object: written always, read as anything.
macro_rules! wire_tag {
    ($($(#[$meta:meta])* pub struct $name:ident = $word:literal;)*) => {$(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        $(#[$meta])*
        pub struct $name;

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
                sink.serialize_str($word)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                serde::de::IgnoredAny::deserialize(source).map(|_| Self)
            }
        }

        impl<'de> crate::lenient::Lenient<'de> for $name {
            fn read<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                <Self as serde::Deserialize>::deserialize(source)
            }
        }
    )*};
}
