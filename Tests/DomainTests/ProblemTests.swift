import Domain
import Testing

@Suite struct ProblemTests {
    @Test(
        arguments: [
            ("shop/web.yaml", 3, 7, "shop/web.yaml:3:7"), ("shop/web.yaml", 3, 0, "shop/web.yaml:3"),
            ("shop/web.yaml", 0, 0, "shop/web.yaml"), ("", 0, 0, ""), ("", 3, 7, ""),
        ] as [(String, Int, Int, String)]
    )
    func `a place has no zeros`(file: String, line: Int, column: Int, place: String) {
        let problem = Problem(code: "PACER-E001", file: file, line: line, column: column, message: "", hint: "")
        #expect(problem.place == place)
    }
}
