//! How long the JSON of an object is, without room for it: serde-json-core stops at the end of its buffer and does not say.

use core::fmt::{self, Write};

use serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct,
    Serializer,
};
use serde_json_core::ser::Error;

/// The length of the object's JSON as serde-json-core writes it, in bytes.
pub(super) fn length_of<T: Serialize>(object: &T) -> usize {
    let mut length = Length(0);
    // Nothing here fails.
    let _ = object.serialize(&mut length);
    length.0
}

struct Length(usize);

impl Length {
    fn add(&mut self, bytes: usize) {
        self.0 = self.0.saturating_add(bytes);
    }

    /// A number, or one character: written, to see how long it is.
    fn written<T: Serialize + ?Sized>(value: &T) -> usize {
        serde_json_core::to_slice(value, &mut [0; 40]).unwrap_or_default()
    }

    fn scalar<T: Serialize>(&mut self, value: T) -> Result<(), Error> {
        self.add(Self::written(&value));
        Ok(())
    }
}

impl Write for Length {
    /// The characters of a text, without its quotes.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            let quoted = Self::written(&*character.encode_utf8(&mut [0; 4]));
            self.add(quoted.saturating_sub(2));
        }
        Ok(())
    }
}

/// What is between brackets, with a comma between every two.
struct Inside<'l> {
    length: &'l mut Length,
    first: bool,
}

impl<'l> Inside<'l> {
    fn new(length: &'l mut Length) -> Self {
        length.add(2);
        Self { length, first: true }
    }

    fn comma(&mut self) {
        if !self.first {
            self.length.add(1);
        }
        self.first = false;
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.comma();
        value.serialize(&mut *self.length)
    }
}

macro_rules! scalars {
    ($($method:ident: $type:ty),*) => { $(
        fn $method(self, value: $type) -> Result<(), Error> {
            self.scalar(value)
        }
    )* };
}

impl<'l> Serializer for &'l mut Length {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Inside<'l>;
    type SerializeTuple = Inside<'l>;
    type SerializeTupleStruct = Inside<'l>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Inside<'l>;
    type SerializeStruct = Inside<'l>;
    type SerializeStructVariant = Impossible<(), Error>;

    scalars! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32,
        serialize_f64: f64
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        self.collect_str(text)
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, text: &T) -> Result<(), Error> {
        self.add(2);
        write!(self, "{text}").map_err(|_| Error::BufferFull)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        self.add(bytes.len());
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.add("null".len());
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_none()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        SerializeStruct::serialize_field(&mut Inside::new(self), variant, value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'l>, Error> {
        Ok(Inside::new(self))
    }

    fn serialize_tuple(self, _: usize) -> Result<Inside<'l>, Error> {
        Ok(Inside::new(self))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Inside<'l>, Error> {
        Ok(Inside::new(self))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Error>, Error> {
        Err(Error::BufferFull)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'l>, Error> {
        Ok(Inside::new(self))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'l>, Error> {
        Ok(Inside::new(self))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Error>, Error> {
        Err(Error::BufferFull)
    }
}

macro_rules! sequences {
    ($($trait:ident::$method:ident),*) => { $(
        impl $trait for Inside<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.element(value)
            }

            fn end(self) -> Result<(), Error> {
                Ok(())
            }
        }
    )* };
}

sequences!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field
);

impl SerializeMap for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), Error> {
        self.element(name)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.length.add(1);
        value.serialize(&mut *self.length)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeStruct for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.comma();
        // Two quotes and a colon.
        self.length.add(name.len().saturating_add(3));
        value.serialize(&mut *self.length)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}
