//! JSON as data. The engine parses and prints it; what the core reads from it is copied by name.
//!
//! One hand-written type crosses the boundary instead of a derived one per message: it keeps
//! serde's code to a single instance in the wasm, takes members by own name only (no prototype is
//! ever consulted), and lets each reader say precisely what is wrong.

use core::fmt;

use serde::de::{Deserialize, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Turns text into JSON: the engine's `JSON.parse` in a browser, serde_json on the host.
pub type Parse<'a> = &'a dyn Fn(&str) -> Option<Json>;

/// A JSON value. Objects keep their order.
#[derive(Clone, PartialEq)]
pub enum Json {
    /// `null`, and `undefined` where JavaScript gave it.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as JavaScript has it.
    Number(f64),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The member of this name; `Null` where there is none or this is no object.
    pub fn member(&self, name: &str) -> &Json {
        match self {
            Self::Object(members) => members
                .iter()
                .find_map(|(own, value)| (own == name).then_some(value))
                .unwrap_or(&Self::Null),
            _ => &Self::Null,
        }
    }

    /// Puts another value in the place of a member that is there.
    pub fn replace(&mut self, name: &str, value: Json) {
        if let Some(own) = self.member_mut(name) {
            *own = value;
        }
    }

    /// The member of this name, to be changed.
    pub fn member_mut(&mut self, name: &str) -> Option<&mut Json> {
        let Self::Object(members) = self else {
            return None;
        };
        let member = members.iter_mut().find(|(own, _)| own == name)?;
        Some(&mut member.1)
    }

    /// Whether this is an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text of a string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The number as a count between 0 and 2^53, rounded down.
    pub fn count(&self) -> Option<u64> {
        self.number()
            .filter(|number| (0.0..9_007_199_254_740_992.0).contains(number))
            .map(|number| number as u64)
    }

    /// Whether this is `true`.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// The items of an array; none for anything else.
    pub fn items(&self) -> &[Json] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// The members of an object; none for anything else.
    pub fn members(&self) -> &[(String, Json)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }
}

/// The members of an object, one after the other. (A list of them takes twice the bytes.)
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Members(Vec<(String, Json)>);

impl Members {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    #[inline(never)]
    pub fn with<T: Into<Json>>(&mut self, name: &str, value: T) -> &mut Self {
        self.add(name, value.into());
        self
    }

    /// The object. Nothing is left here.
    #[inline(never)]
    pub fn object(&mut self) -> Json {
        Json::Object(core::mem::take(&mut self.0))
    }

    #[inline(never)]
    fn add(&mut self, name: &str, value: Json) {
        self.0.push((name.to_owned(), value));
    }
}

impl fmt::Debug for Json {
    /// Prints the shape alone: a value may be a token.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        })
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<u64> for Json {
    fn from(count: u64) -> Self {
        Self::Number(count as f64)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::String(text))
    }

    // The defaults of what JSON does not have would print what they met, and bring the code for it.
    fn visit_bytes<E: Error>(self, _: &[u8]) -> Result<Json, E> {
        Err(E::custom(""))
    }

    fn visit_none<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        Json::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        Json::deserialize(deserializer)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Json, A::Error> {
        Err(A::Error::custom(""))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Json::Object(object))
    }
}
