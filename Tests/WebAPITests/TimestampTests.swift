import Domain
import Testing
import WebAPI

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_767_268_800_250, "2026-01-01T12:00:00.250Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (.max, "9999-12-31T23:59:59.999Z"), (.min, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func `a moment is written in UTC`(milliseconds: Int64, text: String) {
        #expect(Timestamp(Instant(milliseconds: milliseconds)).text == text)
    }

    @Test func `what is read back is what was written`() {
        var random: UInt64 = 42
        for _ in 0..<20_000 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let instant = Instant(milliseconds: Int64(random >> 16) % 315_569_520_000_000 - 62_167_219_200_000)
            #expect(Timestamp(text: Timestamp(instant).text)?.instant == instant)
        }
    }

    @Test(arguments: [
        "", "2026-01-01", "2026-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-00-01T00:00:00.000Z",
        "2026-01-01T24:00:00.000Z", "2026-01-01T00:60:00.000Z", "2026-01-01 00:00:00.000Z", "2026-01-01T00:00:00.00aZ",
    ])
    func `what is no moment is refused`(text: String) {
        #expect(Timestamp(text: text) == nil)
    }
}
