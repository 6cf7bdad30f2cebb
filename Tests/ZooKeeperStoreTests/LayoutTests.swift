import Boundary
import Domain
import Testing

@testable import ZooKeeperStore

@Suite struct LayoutTests {
    @Test func `every kind of record has its path`() throws {
        let layout = Layout(root: "/pacer")
        let digest = Digest(bytes: (0..<32).map { UInt8($0) + 0xa0 })
        #expect(layout.spec(digest) == "/pacer/specs/a0/\(digest.hex)")
        // 0x46 is the low byte of the CRC-32 of "/shop/web", by zlib.
        #expect(layout.app(try app("/shop/web")) == "/pacer/apps/\(bucketOfWeb)/shop_web")
        #expect(layout.instances(of: try app("/shop/web"), chunk: 3) == "/pacer/instances/\(bucketOfWeb)/shop_web/3")
        #expect(layout.source("shop") == "/pacer/sources/shop")
        #expect(layout.deployment(DeploymentID("shop-7")) == "/pacer/deployments/shop-7")
        #expect(layout.drift(12) == "/pacer/drift/12")
        #expect(layout.journal(12) == "/pacer/journal/0000000012")
    }

    private let bucketOfWeb = "46"

    @Test(arguments: UInt64(0)..<20)
    func `names of apps are different for different apps, and lead back`(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let words = ["a", "b", "a-b", "a.b", "web", "0", "x--y"]
        var paths: [String: AppID] = [:]
        for _ in 0..<200 {
            let depth = Int.random(in: 1...4, using: &random)
            let path = (0..<depth).map { _ in "/" + words[Int.random(in: 0..<words.count, using: &random)] }.joined()
            let id = try app(path)
            let name = ZNodeName.of(id)
            #expect(paths[name].map { $0 == id } ?? true, "\(name) stands for two apps")
            paths[name] = id
            #expect(ZNodeName.app(name) == id)
        }
    }

    @Test(arguments: ["web__db", "_web", "web_", "Web", "", "a/b", "a b"])
    func `a name that no app has leads to none`(_ name: String) {
        #expect(ZNodeName.app(name) == nil)
    }

    @Test(arguments: ["shop", "", ".", "..", "...", "a/b", "%", "%41", "A", "ü", "a b", "\u{0}", "a.b_c-d"])
    func `any text becomes a name that ZooKeeper takes, and leads back`(_ text: String) {
        let name = ZNodeName.escape(text)
        #expect(!name.isEmpty && name != "." && name != "..")
        #expect(name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") })
        #expect(ZNodeName.unescape(name) == text)
    }
}

@Suite struct RecordCodecTests {
    @Test func `a small record is readable JSON with sorted keys behind its head`() throws {
        let web = spec(try app("/web"))
        var source = SourceRecord(name: "shop")
        source.seen = Revision("abc")
        let bytes = try RecordCodec().encode(source)
        #expect(String(decoding: bytes, as: UTF8.self) == #"1j{"name":"shop","problems":[],"seen":"abc"}"#)
        #expect(try RecordCodec().decode(SourceRecord.self, from: bytes) == source)
        #expect(try RecordCodec().encode(web.app) == RecordCodec().encode(web.app), "the same record, the same bytes")
    }

    @Test(arguments: [0, 900, 1100, 200_000])
    func `a spec of any length comes back as it was`(_ padding: Int) throws {
        let web = spec(try app("/web"), padding: padding)
        let bytes = try RecordCodec().encode(web.app)
        #expect(bytes.starts(with: Array((padding > 1000 ? "1z" : "1j").utf8)) || padding == 900)
        #expect(try RecordCodec().decode(AppSpec.self, from: bytes) == web.app)
    }

    @Test func `32 instances take less than 4 KB`() throws {
        let web = spec(try app("/web"))
        let bytes = try RecordCodec().encode((0..<32).map { instance(web, $0) })
        #expect(bytes.count < 4096)
    }

    @Test func `every damage is told, none is believed`() throws {
        let codec = RecordCodec()
        let good = try codec.encode(spec(try app("/web"), padding: 5000).app)
        var damaged: [([UInt8], String)] = [
            ([], "no head"), (Array("1".utf8), "no head"), (Array("2j{}".utf8), "a newer Pacer"),
            (Array("1x{}".utf8), "unknown form"), (Array("1j{".utf8), "it is no AppSpec"),
            (Array("1j{}".utf8), "has no id"), (Array("1z".utf8) + [0, 0], "ends within its head"),
            (Array("1z".utf8) + [255, 255, 255, 255, 1], "claims"), (Array(good.dropLast(20)), "deflated part"),
        ]
        var flipped = good
        flipped[good.count / 2] ^= 0x10
        damaged.append((flipped, "deflated part"))
        var longer = good
        longer[5] &+= 1
        damaged.append((longer, "deflated part"))
        for (bytes, reason) in damaged {
            let error = #expect(throws: RecordCodec.Unreadable.self) { try codec.decode(AppSpec.self, from: bytes) }
            #expect(error?.reason.contains(reason) == true, "\(String(describing: error)) should say: \(reason)")
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func `foreign bytes never crash the reader`(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let codec = RecordCodec()
        var bytes = try codec.encode(spec(try app("/web"), padding: seed % 2 == 0 ? 0 : 3000).app)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
        _ = try? codec.decode(AppSpec.self, from: bytes)
    }
}
