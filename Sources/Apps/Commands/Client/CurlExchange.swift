import HTTPClient

/// Calls over libcurl.
enum CurlExchange {
    /// The exchange of a process: its thread starts with the first call.
    static func shared() -> APIExchange {
        let client = ClientOnDemand()
        return { call in try await client.send(call) }
    }
}

private actor ClientOnDemand {
    private var client: HTTPClient?

    func send(_ call: APICall) async throws -> APIAnswer {
        do throws(HTTPError) {
            let response = try await started().send(ClientOnDemand.request(call))
            return APIAnswer(
                status: response.status,
                location: response.head["location"],
                body: response.body
            )
        } catch {
            let text = error.description
            throw NoAnswer(
                text.hasSuffix(".") ? String(text.dropLast()) : text,
                mayHaveArrived: [.timedOut, .broken, .tooLong].contains(error.kind)
            )
        }
    }

    private func started() throws(HTTPError) -> HTTPClient {
        if let client { return client }
        let client = try HTTPClient()
        self.client = client
        return client
    }

    private static func request(_ call: APICall) -> HTTPRequest {
        HTTPRequest(
            call.method == "POST" ? .post : .get,
            call.url,
            headers: call.body.isEmpty ? [] : [("Content-Type", "application/json")],
            body: call.body,
            // A sync fetches before it answers.
            timeouts: HTTPRequest.Timeouts(connect: .seconds(5), total: .seconds(300)),
            responseLimit: 256 << 20
        )
    }
}
