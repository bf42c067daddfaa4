//! The Captis data specification V2.0: loggers and their fleet servers, on Cumulocity and on Azure IoT Hub.
