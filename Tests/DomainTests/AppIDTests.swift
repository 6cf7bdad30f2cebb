import Domain
import Testing

@Suite struct AppIDTests {
    @Test(arguments: [
        "/a", "/web", "/shop/web", "/a1/b2", "/a-b", "/a.b", "/1", "/0-0", "/a/b/c/d/e", "/web.prod.eu", "/tasks",
        "/a--b",
    ])
    func `legal ids are taken as they are`(path: String) throws {
        let id = try #require(AppID(path))
        #expect(id.path == path)
        #expect(GroupID(path)?.path == path)
    }

    @Test(arguments: [
        "", "/", "a", "a/b", "//a", "/a/", "/a//b", "/A", "/a_b", "/-a", "/a-", "/a.", "/.a", "/a..b", "/.", "/..",
        "/a/../b", "/a b",
        "/ä", "/a\n", "/a\0", "/a-.b", "/a.-b", "/а", "/a:b", "/a/*",
    ])
    func `everything else is refused`(path: String) {
        #expect(AppID(path) == nil)
        #expect(path == "/" || GroupID(path) == nil)
    }

    @Test func `an id knows its parts`() throws {
        let id = try #require(AppID("/shop/eu/web.prod"))
        #expect(id.segments == ["shop", "eu", "web.prod"])
        #expect(id.name == "web.prod")
        #expect(id.group.path == "/shop/eu")
        #expect(id.flattened == "shop_eu_web.prod")
        #expect(id.hostlike == "web.prod.eu.shop")
        #expect(AppID("/web")?.group == .root)
    }

    @Test(arguments: [
        ("/", "/a", true), ("/", "/a/b", true), ("/a", "/a/b", true), ("/a", "/a/b/c", true), ("/a", "/a", false),
        ("/a", "/ab", false), ("/a/b", "/a/c", false),
    ])
    func `a group holds what lies below it`(group: String, app: String, holds: Bool) throws {
        #expect(try #require(GroupID(group)).contains(try #require(AppID(app))) == holds)
    }

    @Test func `ids sort by bytes`() {
        let ids = ["/b", "/a/b", "/a-b", "/a", "/a.b", "/a1"].compactMap(AppID.init).sorted()
        #expect(ids.map(\.path) == ["/a", "/a-b", "/a.b", "/a/b", "/a1", "/b"])
    }
}
