//! The FP gateway side of the Juconn portal: FP Juconn MQTT client manual V1.3.1.
