import Commands
import Testing

@Suite struct SettingTests {
    @Test func `names of variables and flags follow from the key`() throws {
        let setting = try #require(Setting.all.first { $0.key == "framework.failoverTimeout" })
        #expect(setting.variable == "PACER_FRAMEWORK_FAILOVER_TIMEOUT")
        #expect(setting.flag == "--framework-failover-timeout")
        #expect(Set(Setting.all.map(\.variable)).count == Setting.all.count)
        #expect(Set(Setting.all.map(\.flag)).count == Setting.all.count)
    }
}
