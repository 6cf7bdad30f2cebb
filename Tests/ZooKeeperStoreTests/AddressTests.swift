import Testing
import ZooKeeperStore

@Suite struct ZooKeeperAddressTests {
    struct Good: CustomTestStringConvertible {
        let text: String
        let servers: [String]
        let path: String
        var user: String?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Good(text: "zk://127.0.0.1:2181/pacer", servers: ["127.0.0.1:2181"], path: "/pacer"),
        Good(text: "zk://a,b:2182,c/x/y/", servers: ["a:2181", "b:2182", "c:2181"], path: "/x/y"),
        Good(text: "zk://a", servers: ["a:2181"], path: "/"),
        Good(text: "zk://a/", servers: ["a:2181"], path: "/"),
        Good(text: "zk://[::1]:2181,[fe80::1]/p", servers: ["[::1]:2181", "[fe80::1]:2181"], path: "/p"),
        Good(text: "zk://pacer:s3cr@t:x@a:1/p", servers: ["a:1"], path: "/p", user: "pacer"),
        Good(text: "zk://u:@a/p@q", servers: ["a:2181"], path: "/p@q", user: "u"),
    ])
    func `an address is taken apart`(_ good: Good) throws {
        let address = try ZooKeeperAddress(good.text)
        #expect(address.servers.map(\.description) == good.servers)
        #expect(address.path == good.path)
        #expect(address.credentials?.user == good.user)
    }

    @Test(arguments: [
        ("", "does not begin with zk://"),
        ("http://a:2181/p", "does not begin with zk://"),
        ("zk://", "names no server"),
        ("zk:///p", "names no server"),
        ("zk://u:p@/p", "names no server"),
        ("zk://a,,b/p", "without a host name"),
        ("zk://:2181/p", "without a host name"),
        ("zk://a:x/p", "port is not a number"),
        ("zk://a:0/p", "port is not a number"),
        ("zk://a:65536/p", "port is not a number"),
        ("zk://[::1/p", "without an address between brackets"),
        ("zk://[::1]x/p", "port is not a number"),
        ("zk://a//p", "empty or a relative segment"),
        ("zk://a/p/../q", "empty or a relative segment"),
        ("zk://a/p\u{1}", "control character"),
        ("zk://topsecret@a/p", "no user:password"),
        ("zk://:topsecret@a/p", "no user:password"),
    ])
    func `a wrong address says what is wrong, how it should be, and no password`(_ text: String, _ fault: String) {
        let error = #expect(throws: ZooKeeperAddressError.self) { try ZooKeeperAddress(text) }
        #expect(error?.fault.contains(fault) == true, "\(String(describing: error))")
        #expect(error?.description.contains("zk://[user:password@]host:port") == true)
        #expect(error?.description.contains("topsecret") == false)
    }

    @Test func `nothing prints the password`() throws {
        let address = try ZooKeeperAddress("zk://pacer:topsecret@a:1,b:2/p")
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped, "\(address.credentials as Any)"] {
            #expect(!text.contains("topsecret"), "\(text)")
        }
        #expect("\(address)" == "zk://pacer:…@a:1,b:2/p")
    }
}
