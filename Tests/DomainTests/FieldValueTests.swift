import OrderedCollections
import Testing

@testable import Domain

@Suite struct FieldValueTests {
    private static let different: [FieldValue] = [
        .null, .flag(true), .flag(false), .integer(0), .integer(1), .integer(-1), .integer(11), .millionths(1),
        .text(""),
        .text("n"), .text("1"), .text("null"), .text("1:"), .text("s1:a"), .text("ä"), .text("a"), .text("ab"),
        .list([]), .list([.null]),
        .list([.text("a"), .text("b")]), .list([.text("ab")]), .list([.text("a"), .text("b"), .null]),
        .list([.list([.text("a")]), .text("b")]),
        .list([.list([.text("a"), .text("b")])]), .object([:]), .object(["a": .null]), .object(["a": .text("b")]),
        .object(["": .text("ab")]),
        .object(["a": .object(["b": .null])]), .object(["a": .list([.text("b")])]), .list([.text("a1:b")]),
        .list([.integer(1), .integer(1)]),
        .object(["a": .null, "b": .null]), .list([.text("a"), .null, .text("b"), .null]),
    ]

    @Test func `different values have different encodings and none begins another`() {
        let encodings = Self.different.map { value in
            var bytes: [UInt8] = []
            value.encode(into: &bytes)
            return bytes
        }
        for (index, left) in encodings.enumerated() {
            for (other, right) in encodings.enumerated() where index != other {
                #expect(!right.starts(with: left), "\(Self.different[index]) begins \(Self.different[other])")
            }
        }
    }

    @Test func `a whole number is the same number in millionths`() {
        var (whole, millionths): ([UInt8], [UInt8]) = ([], [])
        FieldValue.integer(3).encode(into: &whole)
        FieldValue.millionths(3_000_000).encode(into: &millionths)
        #expect(whole == millionths)
    }

    @Test(
        arguments: [
            (1_500_000, "1.5"), (0, "0"), (-1, "-0.000001"), (100_000, "0.1"), (3_000_000, "3"), (-2_250_000, "-2.25"),
            (Int64.min, "-9223372036854.775808"),
        ] as [(Int64, String)]
    )
    func `millionths read as decimals`(number: Int64, text: String) {
        #expect(FieldValue.decimal(millionths: number) == text)
    }

    @Test func `values read as JSON`() {
        let value = FieldValue.object([
            "a": .list([.text("x\"\n\u{1}"), .flag(true), .null]), "b": .millionths(1_150_000),
        ])
        #expect(value.description == #"{"a": ["x\"\n\u0001", true, null], "b": 1.15}"#)
    }
}
