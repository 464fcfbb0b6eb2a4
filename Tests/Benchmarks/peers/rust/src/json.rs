//! The parts of ProtoJSON that serde's derived code does not know.

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::Serializer;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// Whether a number is its type's default.
pub fn is_zero<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Reads a number out of a string without allocating.
struct Quoted<T>(PhantomData<T>);

impl<'de, T: FromStr> Visitor<'de> for Quoted<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a quoted integer")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(|_| E::custom("not an integer"))
    }
}

/// An integer of 64 bits, as a string.
pub mod quoted {
    use super::*;

    pub fn serialize<T: itoa::Integer + Copy, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(itoa::Buffer::new().format(*value))
    }

    pub fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        deserializer.deserialize_str(Quoted(PhantomData))
    }
}

/// Integers of 64 bits, as strings.
pub mod quoted_list {
    use super::*;
    use serde::de::SeqAccess;
    use serde::ser::SerializeSeq;

    struct Item(i64);

    impl<'de> Deserialize<'de> for Item {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Item, D::Error> {
            quoted::deserialize(deserializer).map(Item)
        }
    }

    struct List;

    impl<'de> Visitor<'de> for List {
        type Value = Vec<i64>;

        fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
            formatter.write_str("quoted integers")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<i64>, A::Error> {
            let mut values = Vec::new();
            while let Some(Item(value)) = items.next_element()? {
                values.push(value);
            }
            Ok(values)
        }
    }

    pub fn serialize<S: Serializer>(values: &[i64], serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(values.len()))?;
        let mut buffer = itoa::Buffer::new();
        for value in values {
            list.serialize_element(buffer.format(*value))?;
        }
        list.end()
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
        deserializer.deserialize_seq(List)
    }
}

/// The values of an enum by their names.
struct Named(&'static [&'static str]);

impl<'de> Visitor<'de> for Named {
    type Value = i32;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "one of {:?}", self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<i32, E> {
        let position = self.0.iter().position(|name| *name == text);
        position.map(|number| number as i32).ok_or_else(|| E::custom("no such value"))
    }
}

macro_rules! named {
    ($name:ident, $($value:literal),+) => {
        pub mod $name {
            use super::*;

            const NAMES: &[&str] = &[$($value),+];

            pub fn serialize<S: Serializer>(value: &i32, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(NAMES[*value as usize])
            }

            pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
                deserializer.deserialize_str(Named(NAMES))
            }
        }
    };
}

named!(side, "UNSPECIFIED", "BUY", "SELL");
named!(kind, "UNSPECIFIED", "MARKET", "LIMIT");
