import SwiftProtobuf
import Scheduling
import Testing

@testable import MesosWire

struct AmountTests {
    @Test(
        arguments: [
            (0, 0), (0.1, 100), (0.1 + 0.2, 300), (1, 1000), (0.0005, 1), (0.0004, 0), (-0.0005, -1), (1.0015, 1002),
            (128, 128_000), (0.3 - 0.1, 200), (1e15, 1_000_000_000_000_000_000), (1e300, .max), (-1e300, .min),
            (.infinity, .max), (-.infinity, .min), (.nan, 0),
        ] as [(Double, Int64)]
    )
    func `amounts are thousandths, rounded as Mesos rounds`(value: Double, expected: Int64) {
        #expect(thousandths(value) == expected)
    }

    @Test(
        arguments: [
            (0, "0"), (1, "1"), (2.5, "2.5"), (0.1, "0.1"), (0.125, "0.125"), (100, "100"), (1234.5678, "1234.568"),
            (0.0625, "0.062"), (0.1875, "0.188"), (1.0005, "1"), (1.0015, "1.002"), (-2.5, "-2.5"), (0.999_96, "1"),
            (10_000_000, "10000000"), (0.0005, "0.001"), (0.0015, "0.002"), (0.0004, "0"), (3.14, "3.14"),
            (0.007, "0.007"),
        ] as [(Double, String)]
    )
    func `a scalar attribute prints with three decimals at most`(value: Double, expected: String) {
        #expect(scalarText(value) == expected)
    }

    @Test func `ranges that touch or overlap become one`() {
        func ranges(_ pairs: [(UInt64, UInt64)]) -> [ClosedRange<Int>] {
            ascendingRanges(
                .with { message in
                    message.range = pairs.map { pair in .with { ($0.begin, $0.end) = pair } }
                }
            )
        }
        #expect(ranges([]) == [])
        #expect(ranges([(5, 4)]) == [])
        #expect(ranges([(1, 2), (3, 4)]) == [1...4])
        #expect(ranges([(3, 9), (1, 4), (20, 20)]) == [1...9, 20...20])
        #expect(ranges([(0, .max), (5, 6)]) == [0...Int.max])
    }
}
