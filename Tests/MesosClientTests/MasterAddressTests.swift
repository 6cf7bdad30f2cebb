import MesosClient
import Testing

struct MasterAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:5050", "http://127.0.0.1:5050"), ("https://m.example", "https://m.example:443"),
        ("http://m.example/", "http://m.example:80"), ("m.example:5051", "http://m.example:5051"),
        ("m.example", "http://m.example:5050"), ("HTTPS://m:1/mesos/", "https://m:1/mesos"),
        ("[::1]:5050", "http://[::1]:5050"), ("http://[fe80::1]", "http://[fe80::1]:80"),
    ])
    func `an address has a host, and a port where one is usual`(text: String, expected: String) throws {
        #expect(try MasterAddress(text).description == expected)
    }

    @Test(arguments: [
        "", "http://", ":5050", "m:", "m:0", "m:65536", "m:x", "zk://h:2181/mesos", "u:p@m:5050", "http://u@m", "m:1?x",
        "a b:1", "::1:5050",
    ])
    func `what is no address is told with what it should be`(text: String) {
        let error = #expect(throws: MasterAddressError.self) { try MasterAddress(text) }
        #expect(error?.description.hasPrefix("The master's address \"\(text)\"") == true)
        #expect(error?.description.hasSuffix("it should read http://host:5050, or a list of such.") == true)
    }

    @Test func `a list has commas, and each part is an address`() throws {
        #expect(
            try MasterAddress.list("a:1, b,http://c:2").map(\.description) == [
                "http://a:1", "http://b:5050", "http://c:2",
            ]
        )
        #expect(throws: MasterAddressError.self) { try MasterAddress.list(",") }
        #expect(throws: MasterAddressError.self) { try MasterAddress.list("a,:1") }
    }
}
