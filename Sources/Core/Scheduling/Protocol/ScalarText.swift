/// An agent's scalar attribute as text, which is what constraints compare: at most three decimals, none where they are
/// zero, rounded half to even (Java's `0.###`, as Marathon 1.11 formats it). `1.0005` is `1` and `1.1005` is `1.101`: what
/// counts is the number that the Double holds.
package func scalarText(_ value: Double) -> String {
    guard let count = Int64(exactly: roundedHalfEven(thousandsOf: value)) else { return "\(value)" }
    let sign = count < 0 ? "-" : ""
    let (whole, rest) = count.magnitude.quotientAndRemainder(dividingBy: 1000)
    guard rest > 0 else { return "\(sign)\(whole)" }
    var decimals = "\(1000 + rest)".dropFirst()
    while decimals.last == "0" { decimals.removeLast() }
    return "\(sign)\(whole).\(decimals)"
}

/// `value * 1000` rounded to a whole number, half to even, as if the product were exact: the product that a Double holds
/// may have been rounded onto a half that the true one only comes near to.
private func roundedHalfEven(thousandsOf value: Double) -> Double {
    let product = value * 1000
    let below = product.rounded(.down)
    guard product - below == 0.5 else { return product.rounded(.toNearestOrEven) }
    let lost = (-product).addingProduct(value, 1000)
    guard lost != 0 else { return product.rounded(.toNearestOrEven) }
    return lost > 0 ? below + 1 : below
}
