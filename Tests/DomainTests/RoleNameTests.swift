import Domain
import Testing

@Suite struct RoleNameTests {
    @Test(arguments: ["*", "a", "web", "eng/web", "a.b", "...", "ä", "a*", "a-", "a/b-c/d"])
    func `roles that Mesos takes have no fault`(role: String) { #expect(RoleName.fault(role) == nil) }

    @Test(arguments: [
        "", "/", "a/", "/a", "a//b", ".", "..", "a/.", "*/a", "a/*", "-a", "a/-b", "a b", "a\tb", "a\u{7F}",
    ])
    func `roles that Mesos refuses have one`(role: String) { #expect(RoleName.fault(role) != nil) }
}
