/// Manifests for the tests.
enum Apps {
    /// An app that does nothing but run, with a mark by which its versions can be told apart.
    static func sleeper(
        instances: Int = 2,
        version: String = "1",
        cpus: String = "0.1",
        health: Double = 1,
        over: Double = 1,
        more: String = ""
    ) -> String {
        """
        cmd: "exec sleep 100000"
        cpus: \(cpus)
        mem: 32
        instances: \(instances)
        env: { VERSION: "\(version)" }
        portDefinitions: []
        upgradeStrategy: { minimumHealthCapacity: \(health), maximumOverCapacity: \(over) }
        backoffSeconds: 1
        \(more)
        """
    }

    /// A web server with a check that Mesos runs.
    static func web(instances: Int = 2, version: String = "1", health: Double = 0.5, over: Double = 0.5) -> String {
        """
        cmd: "exec python3 -m http.server $PORT0 --bind 127.0.0.1"
        cpus: 0.2
        mem: 64
        instances: \(instances)
        env: { VERSION: "\(version)" }
        healthChecks:
          - { protocol: MESOS_HTTP, path: /, portIndex: 0, delaySeconds: 0, intervalSeconds: 1, gracePeriodSeconds: 60, timeoutSeconds: 5 }
        upgradeStrategy: { minimumHealthCapacity: \(health), maximumOverCapacity: \(over) }
        backoffSeconds: 1
        """
    }
}
