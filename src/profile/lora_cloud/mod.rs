//! LoRa Cloud modem and geolocation services: the JSON formats that Traxmate carries on.
