//! The events that are not the cellular module's errors (section 6.2).

use super::EventId;

/// The constants and the texts, from one table, in the order of their numbers.
macro_rules! events {
    ($($major:literal, $minor:literal $name:ident $text:literal;)*) => {
        /// The events of appendix 6.2, as the server's lookup table describes them. The errors of the cellular module come from
        /// [`cell_module`](Self::cell_module), and those that name a network or a server from [`LinkEvent`](super::LinkEvent).
        impl EventId {
            $(#[doc = concat!("`", $text, "`.")] pub const $name: Self = Self { major: $major, minor: $minor };)*
        }

        const TEXTS: &[(u8, u16, &str)] = &[$(($major, $minor, $text),)*];
    };
}

/// How the server's lookup table describes an event.
pub(super) fn text(major: u32, minor: u32) -> Option<&'static str> {
    let event = (u8::try_from(major).ok()?, u16::try_from(minor).ok()?);
    let index = TEXTS
        .binary_search_by_key(&event, |(major, minor, _)| (*major, *minor))
        .ok()?;
    TEXTS.get(index).map(|(_, _, text)| *text)
}

/// The listed events, in the order of their numbers.
pub(super) fn all() -> impl Iterator<Item = EventId> {
    TEXTS.iter().map(|(major, minor, _)| EventId {
        major: (*major).into(),
        minor: (*minor).into(),
    })
}

events! {
    1, 0 MODULE_BOOT_FAILED "Module failed to boot";
    5, 0 NO_SIGNAL "No signal";
    7, 0 NTP_ERROR "NTP Error";
    7, 1 NTP_RATE_LIMIT "NTP Rate Limit Requested";
    7, 2 NTP_DROP_SERVER "NTP Drop Server Requested";
    8, 0 NO_REGISTRATION "No Cellular Network Registration";
    18, 0 BOOT "Boot";
    18, 1 MAGNET_RESET "Magnet reset";
    18, 2 POWER_UP "Power up";
    18, 3 BROWN_OUT "Brown out";
    18, 4 SOFTWARE_RESET "Software reset";
    18, 5 WATCHDOG_TIMEOUT_RESET "Watchdog timeout reset";
    18, 6 CONFIG_MISMATCH_RESET "Config mismatch reset";
    18, 7 TRAP_CONFLICT_RESET "Trap conflict reset";
    18, 8 ILLEGAL_OPCODE_RESET "Illegal opcode reset";
    55, 0 NTP_UPDATE_HIGH_DEVIATION "NTP Update high deviation";
    55, 1 RTCC_OSCILLATOR "External RTCC oscillator problem. Switched to internal.";
    55, 2 RTCC_WRITE_FAILURE "RTCC Write Failure";
    55, 5 WDT_TRIPPED "WDT Tripped";
    62, 1 MODBUS_ILLEGAL_FUNCTION "Modbus - Illegal function";
    62, 2 MODBUS_ILLEGAL_REGISTER_ADDRESS "Modbus - Illegal register address";
    62, 3 MODBUS_ILLEGAL_DATA_VALUE "Modbus - Illegal data value";
    62, 4 MODBUS_SLAVE_DEVICE_FAILURE "Modbus - Slave device failure";
    62, 5 MODBUS_SLAVE_REQUEST_DELAY "Modbus - Slave request delay";
    62, 6 MODBUS_SLAVE_BUSY "Modbus - Slave busy";
    62, 7 MODBUS_SLAVE_CANNOT_PROCESS "Modbus - Slave cannot process";
    62, 8 MODBUS_SLAVE_MEMORY_ERROR "Modbus - Slave memory error";
    62, 20 MODBUS_FLOAT_NAN "Modbus - Float NaN";
    62, 21 MODBUS_NO_RESPONSE "Modbus - No response";
    62, 22 MODBUS_CRC_FAIL "Modbus - CRC fail";
    63, 1 ANALOG_ADC_ERROR "Analog - ADC Error";
    63, 2 ANALOG_RANGE_ERROR "Analog - Range Error";
    63, 3 ANALOG_ADC_DATA_BYTE_ERROR "Analog - ADC data byte error";
    63, 4 ANALOG_ADC_DATA_NOT_READY "Analog - ADC data not ready";
    66, 1 ONE_WIRE_CALIBRATION_CHANGED "1-Wire - Calibration Changed";
    66, 2 ONE_WIRE_UNKNOWN_DEVICE "1-Wire - Unknown Device";
    66, 4 ONE_WIRE_SHORT "1-Wire - Short";
    66, 8 ONE_WIRE_CRC_ADDRESS_FAILURE "1-Wire - CRC Address Failure";
    66, 9 ONE_WIRE_CALIBRATION_NOT_WRITTEN "1-Wire - Calibration Not Written";
    67, 0 FIVE_VOLT_OUTPUT_SHORT_CIRCUIT "5V Output - Short Circuit";
    68, 8 FLASH_STORE_HEADER_ERROR "Flash Memory - Store Header Error";
    68, 13 FLASH_DEFAULT_SETTINGS "Flash Memory - Default Settings Loaded";
    68, 14 FLASH_HARDWARE_FAULT "Flash Memory - Hardware Fault";
    68, 16 FLASH_PULSE_TOTALS_NOT_RETRIEVED "Flash Memory - Unable to retrieve stored pulse totals";
    68, 17 FLASH_PULSE_TOTALS_NOT_STORED "Flash Memory - Unable to store pulse totals";
    68, 18 FLASH_MEASUREMENT_NOT_STORED "Flash Memory - Unable to store measurement";
    68, 19 FLASH_MEASUREMENT_NOT_RETRIEVED "Flash Memory - Unable to retrieve measurement";
    68, 20 FLASH_BUFFER_OVERRUN "Flash Memory - Measurement buffer overrun";
    68, 21 FLASH_STORAGE_25_PERCENT "Flash Memory - Measurement storage 25% used";
    68, 22 FLASH_STORAGE_50_PERCENT "Flash Memory - Measurement storage 50% used";
    68, 23 FLASH_STORAGE_75_PERCENT "Flash Memory - Measurement storage 75% used";
    69, 1 BATTERY_COLD_AT_SEND "Battery - Temp Low at send";
    69, 2 BATTERY_HOT_AT_SEND "Battery - Temp High at send";
    69, 7 BATTERY_UNDER_VOLTAGE "Battery - Under Voltage";
    69, 13 BATTERY_LOCKOUT_BEGIN "Battery - Entering Low Power Full Lockout";
    69, 14 BATTERY_LOCKOUT_END "Battery - Exiting Low Power Full Lockout";
    69, 129 SOLAR_CHARGER_SHIP_MODE_FAILED "Failed to Set Solar Charger to Ship Mode";
    71, 1 GPS_INIT_FAIL "GPS - Init Fail";
    71, 3 GPS_FIX_FAIL "GPS - Fix Fail";
    74, 0 REED_SWITCH_SEND_DIRECT "Reed Switch Send Direct";
    77, 1 MODULE_POWERED_OFF_AT_SOCKET "Module - Powered off when creating socket";
    77, 3 MODULE_FOTA_CREDENTIALS_NOT_SET "Module - FOTA Credentials Not Set";
    77, 4 MODULE_FOTA_LOGIN_FAIL "Module - FOTA Login Fail";
    77, 5 MODULE_FOTA_DOWNLOAD_FAIL "Module - FOTA Download Fail";
    77, 6 MODULE_FOTA_UPGRADE_SUCCESS "Module - FOTA Upgrade Success";
    77, 7 MODULE_FOTA_UPGRADE_TIMEOUT "Module - FOTA Upgrade Timeout";
    77, 8 MODULE_SOCKET_HANG "Module - Socket hang on creation";
    77, 9 MODULE_NETWORK_SWITCH_FAIL "Module - Network type switching fail";
    77, 10 MODULE_NO_AT_RESPONSE "Module - No AT response";
    77, 11 MODULE_SHUTDOWN_TIMEOUT "Module - Shutdown Timeout";
    77, 12 MODULE_SOCKET_DROPPED "Module - Socket Dropped Unexpectedly";
    80, 1 ENTERED_FAST_LOG_MODE "Entered fast log mode";
    80, 2 EXITED_FAST_LOG_MODE "Exited fast log mode";
    81, 1 MQTT_CONNECTION_REFUSED "MQTT - Connection Refused";
    81, 2 MQTT_CLIENT_ID_REFUSED "MQTT - Client ID refused";
    81, 3 MQTT_BROKER_OFFLINE "MQTT - Broker Offline";
    81, 4 MQTT_CREDENTIALS_REFUSED "MQTT - Credentials Refused";
    81, 5 MQTT_REFUSED_UNKNOWN_REASON "MQTT - Connection Refused - Unknown Reason";
    82, 0 LEGACY_FOTA_SOCKET_FAIL "Legacy device FOTA - Socket fail";
    82, 1 DEVICE_FOTA_DOWNLOAD_FAIL "HTTP Device FOTA Download Fail";
    82, 2 DEVICE_FOTA_VALIDATION_FAIL "HTTP Device FOTA File Validation Fail";
    82, 3 DEVICE_FOTA_DOWNLOAD_INCOMPLETE "HTTP Device FOTA Download Incomplete - Will Retry Later";
    83, 2 CONFIG_UNSUPPORTED_JSON_VALUE "Config - Unsupported JSON value";
    83, 4 CONFIG_FALLBACK_TO_KNOWN_GOOD "Config - Fallback to known good";
    83, 7 CONFIG_STRING_TOO_LONG "Config - JSON config string value too long";
    83, 9 CONFIG_MAIN_CONFIG_RESTORED "Config - Main config restored";
    83, 11 CONFIG_UNSUPPORTED_SCHEMA_VERSION "Config - Unsupported schema version";
    83, 12 CONFIG_CHANGED "Config - Changed";
    83, 13 CONFIG_INVALID "Config - Incorrectly formatted or contains invalid values";
    83, 14 CONFIG_VALIDATION_FAILED "Config - Validation failed";
    85, 6 BL_PROGRAM_MEMORY_ERASED "BL Msg - Program Memory erased";
    85, 29 BL_ENTERED_SLEEP "BL Msg - Entered sleep";
    85, 32 BL_BACKUP_FW_FAIL "BL Msg - Backup FW fail";
    85, 33 BL_BACKUP_FW_SUCCESS "BL Msg - Backup FW success";
    85, 34 BL_FW_BACKUP_CHECK_FAIL "BL Msg - FW backup copy check fail/not present";
    85, 35 BL_FW_BACKUP_CHECK_SUCCESS "BL Msg - FW backup copy check success";
    85, 36 BL_RESTORE_FW_BACKUP_FAIL "BL Msg - Restore FW backup fail";
    85, 37 BL_RESTORE_FW_BACKUP_SUCCESS "BL Msg - Restore FW backup success";
    85, 40 BL_NO_NEW_FW_IMAGE "BL Msg - New FW image not present";
    85, 41 BL_FW_FLASH_CHECK_SUCCESS "BL Msg - FW flash copy check success";
    85, 42 BL_FW_APPLY_FAIL "BL Msg - FW apply fail";
    85, 43 BL_FW_APPLY_SUCCESS "BL Msg - FW apply success";
    85, 302 BL_WDT "BL Msg - WDT";
    85, 305 BL_REBOOT "BL Msg - Reboot";
    87, 0 PROCESS_ALARM_1_SET "Process Alarm 1 Set";
    87, 1 PROCESS_ALARM_1_CLEAR "Process Alarm 1 Clear";
    87, 2 PROCESS_ALARM_2_SET "Process Alarm 2 Set";
    87, 3 PROCESS_ALARM_2_CLEAR "Process Alarm 2 Clear";
    87, 4 PROCESS_ALARM_3_SET "Process Alarm 3 Set";
    87, 5 PROCESS_ALARM_3_CLEAR "Process Alarm 3 Clear";
    87, 6 PROCESS_ALARM_4_SET "Process Alarm 4 Set";
    87, 7 PROCESS_ALARM_4_CLEAR "Process Alarm 4 Clear";
    87, 8 PROCESS_ALARM_5_SET "Process Alarm 5 Set";
    87, 9 PROCESS_ALARM_5_CLEAR "Process Alarm 5 Clear";
    88, 400 HTTP_400_BAD_REQUEST "HTTP 400 Bad request";
    88, 401 HTTP_401_UNAUTHORISED "HTTP 401 Unauthorised";
    88, 403 HTTP_403_FORBIDDEN "HTTP 403 Forbidden";
    88, 404 HTTP_404_NOT_FOUND "HTTP 404 Not Found";
    88, 500 HTTP_500_SERVER_ERROR "HTTP 500 Server Error";
    88, 501 HTTP_501_NOT_IMPLEMENTED "HTTP 501 Not Implemented";
    88, 502 HTTP_502_BAD_GATEWAY "HTTP 502 Bad gateway";
    88, 503 HTTP_503_SERVICE_UNAVAILABLE "HTTP 503 Service Unavailable";
    88, 504 HTTP_504_GATEWAY_TIMEOUT "HTTP 504 Gateway Timeout";
    89, 1 HTTP_DOWNLOAD_NOT_STARTED "HTTP File Download Error - Download not started";
    89, 2 HTTP_DOWNLOAD_EMPTY "HTTP File Download Error - file size is zero";
    90, 1 MEASUREMENT_START "Measurement Start";
    90, 2 MEASUREMENT_END "Measurement End";
    90, 3 CONNECTION_START "Connection Start";
    90, 4 CONNECTION_END "Connection End";
}
