//! The commands of TLS. Where an answer was seen on a module, the test says so.

use super::*;

#[test]
fn versions_and_modes() {
    let version = TlsVersion::Tls12;
    check(&SetTlsVersion { version }, "AT+GTSSLVER=4");
    check(&ReadTlsVersion, "AT+GTSSLVER?");
    // Seen after power-up, and after setting it.
    assert_eq!(parse(&ReadTlsVersion, "+GTSSLVER: 0"), Some(TlsVersion::All));
    assert_eq!(parse(&ReadTlsVersion, "+GTSSLVER: 4"), Some(TlsVersion::Tls12));
    assert_eq!(parse(&ReadTlsVersion, "+GTSSLVER: 7"), None);

    let mode = TlsMode::Verified;
    check(&SetTlsMode { mode }, "AT+GTSSLMODE=1");
    check(&ReadTlsMode, "AT+GTSSLMODE?");
    // Seen.
    assert_eq!(parse(&ReadTlsMode, "+GTSSLMODE: 0"), Some(TlsMode::Unverified));
    assert_eq!(parse(&ReadTlsMode, "+GTSSLMODE: 1"), Some(TlsMode::Verified));
    assert_eq!(parse(&ReadTlsMode, "+GTSSLMODE: 2"), None);
}

#[test]
fn files() {
    let upload = |file, size| UploadTlsFile { file, size };
    // Seen.
    check(&upload(TlsFile::Trust, 1390), r#"AT+GTSSLFILE="TRUSTFILE",1390"#);
    check(&upload(TlsFile::Certificate, 4), r#"AT+GTSSLFILE="CAFILE",4"#);
    check(&upload(TlsFile::Key, 8192), r#"AT+GTSSLFILE="KEYFILE",8192"#);
    check(&ReadTlsFiles, "AT+GTSSLFILE?");
    let files = |trust, certificate, key| {
        Some(TlsFiles {
            trust,
            certificate,
            key,
        })
    };
    // Seen.
    assert_eq!(
        parse(&ReadTlsFiles, "+GTSSLFILE: TRUSTFILE,0"),
        files(Some(0), None, None)
    );
    assert_eq!(
        parse(
            &ReadTlsFiles,
            "+GTSSLFILE: TRUSTFILE,1\r\n+GTSSLFILE:\"KEYFILE\", 2\r\n+GTSSLFILE: PSKFILE,9"
        ),
        files(Some(1), None, Some(2))
    );
    assert_eq!(parse(&ReadTlsFiles, ""), files(None, None, None));
    for wrong in ["+GTSSLFILE: TRUSTFILE", "+GTSSLFILE: TRUSTFILE,x", "TRUSTFILE,1"] {
        assert_eq!(parse(&ReadTlsFiles, wrong), None, "{wrong}");
    }
}

#[test]
fn errors() {
    check(&ReadTlsError, "AT+GTSSLERR?");
    assert_eq!(parse(&ReadTlsError, "+GTSSLERR: -19"), Some(TlsErrorCode(-19)));
    assert_eq!(parse(&ReadTlsError, "+GTSSLERR:0"), Some(TlsErrorCode(0)));
    for wrong in ["+GTSSLERR: ", "+GTSSLERR: -", "+GTSSLERR: -99999999999", "-19", ""] {
        assert_eq!(parse(&ReadTlsError, wrong), None, "{wrong}");
    }
    check(&Restart, "AT+CFUN=15");
}
