//! The formulas of the clouds against answers that were known before: those that the clouds themselves print, and where they
//! print none, those of Python's `hmac` and `hashlib`, following the document step by step.
#![cfg(feature = "sim")]

use fibocom_mqtt::sim::credentials::{
    Hash, NotBase64, aliyun, baidu, huawei, made_up, made_up_secret, onenet, tencent,
};

/// Sixteen bytes, `0123456789abcdef`.
const PSK: &str = "MDEyMzQ1Njc4OWFiY2RlZg==";
const ACCESS_KEY: &str = "KuF3NT/jUBJ62LNBB/A8XZA9CqS3Cu79B/ABmfA1UCw=";

/// Alibaba Cloud IoT Platform, "Establish MQTT connections over TCP", <https://www.alibabacloud.com/help/doc-detail/73742.htm>:
/// its example and its result (in capitals there; the case of hex digits does not matter).
#[test]
fn aliyun_as_its_documentation_prints_it() {
    let made = aliyun("pk", "device", "secret", "12345", false, Hash::Sha1, Some(789));
    assert_eq!(made.client_id, "12345|securemode=3,signmethod=hmacsha1,timestamp=789|");
    assert_eq!(made.user, "device&pk");
    assert_eq!(made.password.to_uppercase(), "FAFD82A3D602B37FB0FA8B7892F24A477F851A14");

    // "MQTT-TCP access with an open source client", by the IoT developers' community, 2.1 and 2.2,
    // <https://553668.com/manong/261125.html>.
    let (device, secret) = ("light1983432", "oLyaKqVxtRvjH284LdhqVgVUx1UPy6zq");
    let made = aliyun(
        "a14Xib5kdYd",
        device,
        secret,
        "SN1928339",
        false,
        Hash::Sha1,
        Some(1_539_421_321_846),
    );
    assert_eq!(
        made.client_id,
        "SN1928339|securemode=3,signmethod=hmacsha1,timestamp=1539421321846|"
    );
    assert_eq!(made.user, "light1983432&a14Xib5kdYd");
    assert_eq!(made.password, "b2488041f64f425016b467ee1c94959ebd592ad1");
}

/// The same with the signature method that its console uses, "How do I obtain MQTT parameters for authentication",
/// <https://alibabacloud.com/help/en/iot/user-guide/how-do-i-obtain-mqtt-parameters-for-authentication>. The results are
/// Python's: `hmac.new(b"secret", b"clientIdpk.devicedeviceNamedeviceproductKeypktimestamp789", sha256)`.
#[test]
fn aliyun_with_sha_256() {
    let made = aliyun("pk", "device", "secret", "pk.device", true, Hash::Sha256, Some(789));
    assert_eq!(
        made.client_id,
        "pk.device|securemode=2,signmethod=hmacsha256,timestamp=789|"
    );
    assert_eq!(
        made.password,
        "d0de022db19c8554bddafae2ae8653f1b32989a785c2e637107dd7b3ff6c21c4"
    );
    // The time may be left out.
    let made = aliyun("pk", "device", "secret", "12345", false, Hash::Sha256, None);
    assert_eq!(made.client_id, "12345|securemode=3,signmethod=hmacsha256|");
    assert_eq!(
        made.password,
        "c8cb3dcb7159682438e5fd9a9c34f398e41bb8edb6f222795e307bafee151090"
    );
}

/// Tencent Cloud IoT Hub, "MQTT-Based Device Connection over TCP", <https://www.tencentcloud.com/document/product/1105/41824>.
/// It has formats and no results; these are Python's, over the user name with the decoded key.
#[test]
fn tencent_over_the_user_name() {
    let made = tencent("1A17RZR3XX", "TEST2", PSK, "5AiF2", 1_600_000_000, Hash::Sha256).unwrap();
    assert_eq!(made.client_id, "1A17RZR3XXTEST2");
    assert_eq!(made.user, "1A17RZR3XXTEST2;12010126;5AiF2;1600000000");
    assert_eq!(
        made.password,
        "d2f1aa26060afcde2755ba262cbb8299b9d98462ee836bcf9846782a271571e9;hmacsha256"
    );
    let made = tencent("1A17RZR3XX", "TEST2", PSK, "5AiF2", 1_600_000_000, Hash::Sha1).unwrap();
    assert_eq!(made.password, "d845459c8f3dc1ab824765b820a0a7de8677c847;hmacsha1");
    // Without its padding it is the same key.
    let bare = PSK.trim_end_matches('=');
    assert_eq!(
        tencent("1A17RZR3XX", "TEST2", bare, "5AiF2", 1_600_000_000, Hash::Sha1),
        Ok(made)
    );
    assert_eq!(tencent("p", "d", "no base64!", "x", 0, Hash::Sha256), Err(NotBase64));
}

/// Huawei Cloud IoTDA, "Device Connection Authentication",
/// <https://support.huaweicloud.com/devg-ocsmartcampus/ocsmartcampus_04_0030.html>: secret, time and result are printed there;
/// the client id is the example of <https://support.huaweicloud.com/intl/en-us/devg-roma/roma_04_4003.html>.
#[test]
fn huawei_as_its_documentation_prints_it() {
    let made = huawei("D39564861q3gDa", "12345678", "2025041401");
    assert_eq!(
        made.password,
        "c75150e6cb841417396819e4d2ee4358a416344a03a083e3a8567074ddec820a"
    );
    assert_eq!(made.user, "D39564861q3gDa");
    assert_eq!(
        huawei("D39564861q3gDa", "", "2018072417").client_id,
        "D39564861q3gDa_0_0_2018072417"
    );
}

/// OneNET, "Token Algorithm", <https://onenet.hk.chinamobile.com/suben/doc/multiprotocol/book/manual/auth/token.html>: its
/// product, device and expiry. It does not print the key of its results; these are Python's,
/// `quote(b64encode(hmac.new(b64decode(key), b"1537255523\nsha256\nproducts/123123/devices/mydev\n2018-10-31", sha256)))`.
#[test]
fn onenet_tokens() {
    for (hash, method, sign) in [
        (
            Hash::Sha256,
            "sha256",
            "dL9mxHdJXyd2TZcmTna60TMUei2dYU5W6iOow7fH%2F7w%3D",
        ),
        (Hash::Md5, "md5", "XV29qkZOl7StAMRW9zVvaQ%3D%3D"),
        (Hash::Sha1, "sha1", "p2Bv5QYrZolQCtt68923gtxRCVk%3D"),
    ] {
        let made = onenet("123123", "mydev", ACCESS_KEY, 1_537_255_523, hash).unwrap();
        let resource = "products%2F123123%2Fdevices%2Fmydev";
        let token = format!("version=2018-10-31&res={resource}&et=1537255523&method={method}&sign={sign}");
        assert_eq!(made.password, token);
        assert_eq!((made.user.as_str(), made.client_id.as_str()), ("123123", "mydev"));
    }
    assert_eq!(onenet("p", "d", "%", 0, Hash::Sha256), Err(NotBase64));
}

/// Baidu IoT Core, "Connect and exchange messages over MQTT", <https://cloud.baidu.com/doc/IoTCore/s/Akck4811r>: both results
/// are printed there. The one for SHA-256 is Python's.
#[test]
fn baidu_as_its_documentation_prints_it() {
    let made = baidu("abcd123", "mydevice", "ImSeCrEt0I1M2jkl", 1_583_826_857, Hash::Md5);
    assert_eq!(made.user, "thingidp@abcd123|mydevice|1583826857|MD5");
    assert_eq!(made.password, "7f0e63d2c6e122100edde19e34e7df5b");
    let made = baidu("abcd123", "mydevice", "ImSeCrEt0I1M2jkl", 0, Hash::Md5);
    assert_eq!(made.user, "thingidp@abcd123|mydevice|0|MD5");
    assert_eq!(made.password, "22bc75231495220c7a2202fe15f7d286");
    let made = baidu("abcd123", "mydevice", "ImSeCrEt0I1M2jkl", 1_583_826_857, Hash::Sha256);
    assert_eq!(made.user, "thingidp@abcd123|mydevice|1583826857|SHA256");
    assert_eq!(
        made.password,
        "ad1123c877f84a90e778ce85f8772eb8ef9a09096629d8013952c45e29a47c47"
    );
}

#[test]
fn what_is_made_up_differs_with_every_field_and_is_always_the_same() {
    let fields = ["product", "device", "token"];
    let made = made_up("aep", &fields);
    assert_eq!(made, made_up("aep", &fields));
    assert_eq!(
        [&made.user, &made.password, &made.client_id].map(|text| text.len()),
        [32; 3]
    );
    assert!(made.user != made.password && made.password != made.client_id && made.user != made.client_id);
    for index in 0..fields.len() {
        let mut others = fields;
        others[index] = "another";
        let other = made_up("aep", &others);
        assert!(other.user != made.user && other.password != made.password && other.client_id != made.client_id);
    }
    assert_ne!(made_up("unicom", &fields), made);
    // Nothing moves from one field to the next unseen.
    assert_ne!(made_up_secret("x", &["ab", "c"]), made_up_secret("x", &["a", "bc"]));
    assert_ne!(made_up_secret("x", &["a|1:b"]), made_up_secret("x", &["a", "b"]));
    assert!(!format!("{made:?}").contains(&made.password));
}
