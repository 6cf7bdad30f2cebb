// `mesos-default-executor`: runs a task group over the v1 executor API (JSON), and behaves like Mesos's own default executor
// (Mesos 1.11, src/launcher/default_executor.cpp) with the posix launcher: each task has a sandbox of its own below the
// executor's, its own health check and grace period. A task that fails or is killed takes the others with it; one that
// finishes leaves them alone. The executor leaves when the agent has acknowledged the ends of all.
//
// Mesos's own asks the agent to run each task as a nested container. Here they are children of the executor: without
// isolation that is the same to the tasks, and the agent needs no further helpers.
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include <filesystem>

#include "executor_session.hpp"

namespace fs = std::filesystem;

struct Member {
    json task;
    std::string id;
    fs::path sandbox;
    pid_t fetcher = 0, command = 0;
    bool killing = false, over = false;
    Milliseconds killAt = 0;
    std::unique_ptr<HealthCheck> health;

    Member(const json &task, const fs::path &own)
        : task(task), id(task["task_id"]["value"]), sandbox(own / "containers" / id) {}

    const json &commandInfo() const { return task["command"]; }

    // All that runs for it, whoever its parents are by now: what it started shares its session, or descends from that.
    std::set<pid_t> processes() const {
        std::set<pid_t> all = inSession(command > 0 ? command : fetcher);
        for (pid_t pid : std::set<pid_t>(all)) all.merge(descendants(pid));
        return all;
    }
};

class DefaultExecutor : public ExecutorSession {
    const std::string launcherDirectory;
    const fs::path own = variable("MESOS_SANDBOX").empty() ? fs::current_path() : fs::path(variable("MESOS_SANDBOX"));

    std::vector<std::unique_ptr<Member>> group;             // empty until the launch
    Milliseconds leaveBy = 0;                               // once all are over

    void report(Member &member, const char *state, const json &extra = json::object()) {
        update(member.task, state, member.health ? member.health->healthy : std::nullopt, extra);
    }

    void handle(const std::string &type, const json &event) override {
        if (type == "LAUNCH_GROUP") {
            launch(event["launch_group"]["task_group"]["tasks"]);
        } else if (type == "KILL") {
            for (auto &member : group) {
                bool isMeant = member->task["task_id"] == event["kill"]["task_id"];
                if (isMeant) killMember(*member, graceOf(event["kill"], member->task));
            }
            killGroup();
        } else if (type == "SHUTDOWN") {
            if (group.empty() || leaveBy > 0) _exit(0);
            for (auto &member : group) killMember(*member, std::max(0LL, shutdownGrace - 2'000));
        }
    }

    // MARK: Starting

    void launch(const json &tasks) {
        if (!group.empty()) {
            fprintf(stderr, "A second task group is not run\n");
            return;
        }
        for (auto &task : tasks) {
            group.push_back(std::make_unique<Member>(task, own));
            accepted(task);
        }
        for (auto &member : group) report(*member, "TASK_STARTING");
        for (auto &member : group) {
            if (member->killing || member->over) continue;
            try {
                prepare(*member);
                if (member->commandInfo().value("uris", json::array()).empty()) start(*member);
                else fetch(*member);
            } catch (const std::exception &error) {
                finish(*member, "TASK_FAILED", {{"message", error.what()}, {"reason", "REASON_CONTAINER_LAUNCH_FAILED"}});
            }
        }
    }

    // Makes the task's sandbox, and in it the folders that it shares with others.
    void prepare(const Member &member) {
        fs::create_directories(member.sandbox);
        giveTo(member, member.sandbox);
        for (auto &volume : member.task.value("container", json::object()).value("volumes", json::array())) {
            const json &source = volume.at("source");
            if (source.value("type", "") != "SANDBOX_PATH" || source["sandbox_path"].value("type", "") != "PARENT")
                throw std::runtime_error("a volume is not of the kind SANDBOX_PATH of the parent");
            if (volume.value("mode", "RW") != "RW") throw std::runtime_error("a volume on the host cannot be read-only");
            fs::path shared = own / source["sandbox_path"]["path"].get<std::string>();
            fs::path seen = member.sandbox / volume["container_path"].get<std::string>();
            fs::create_directories(shared);
            giveTo(member, shared);
            fs::create_directories(seen.parent_path());
            giveTo(member, seen.parent_path());
            fs::create_directory_symlink(shared, seen);
        }
    }

    // Only root can switch users; without it all run as the agent does.
    const passwd *userOf(const Member &member) const {
        std::string name = member.commandInfo().value("user", frameworkUser);
        if (name.empty() || geteuid() != 0) return nullptr;
        const passwd *user = getpwnam(name.c_str());
        if (!user) throw std::runtime_error("there is no user " + name + " on this agent");
        return user;
    }

    void giveTo(const Member &member, const fs::path &folder) const {
        const passwd *user = userOf(member);
        if (user && chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0)
            throw std::runtime_error(folder.string() + ": " + strerror(errno));
    }

    // What a task's processes print stands in its sandbox.
    static void openOutput(const Member &member, const passwd *user) {
        for (auto [name, number] : {std::pair{"stdout", 1}, {"stderr", 2}}) {
            int file = open((member.sandbox / name).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
            if (file < 0 || dup2(file, number) < 0) _exit(126);
            if (user && fchown(number, user->pw_uid, user->pw_gid) != 0) _exit(126);
        }
    }

    // In a fresh child: what the task's processes are and see.
    void enter(const Member &member, const passwd *user) const {
        pid_t executor = getppid();
        openOutput(member, user);
        if (user && (initgroups(user->pw_name, user->pw_gid) || setgid(user->pw_gid) || setuid(user->pw_uid))) _exit(126);
        prctl(PR_SET_PDEATHSIG, SIGKILL);                   // changing the user has cleared it
        if (getppid() != executor || chdir(member.sandbox.c_str()) != 0) _exit(126);
        setenv("MESOS_SANDBOX", member.sandbox.c_str(), 1);
        if (variable("MESOS_CONTAINER_IP").empty())
            setenv("MESOS_CONTAINER_IP", variable("LIBPROCESS_IP").empty() ? "127.0.0.1" : variable("LIBPROCESS_IP").c_str(), 1);
        setAllocationRole(member.task);
        setVariables(member.commandInfo());
    }

    pid_t child(auto become) const {
        pid_t executor = getpid(), pid = fork();
        if (pid < 0) throw std::runtime_error(std::string("Failed to fork: ") + strerror(errno));
        if (pid > 0) return pid;
        leaveExecutor(executor);
        become();
        _exit(126);
    }

    void fetch(Member &member) {
        json items = json::array();
        for (auto &uri : member.commandInfo()["uris"]) items.push_back({{"uri", uri}, {"action", "BYPASS_CACHE"}});
        json info = {{"sandbox_directory", member.sandbox.string()}, {"items", items}};
        const passwd *user = userOf(member);
        if (user) info["user"] = user->pw_name;
        std::string program = launcherDirectory + "/mesos-fetcher";
        member.fetcher = child([&] {
            openOutput(member, user);
            setenv("MESOS_FETCHER_INFO", info.dump().c_str(), 1);
            execl(program.c_str(), "mesos-fetcher", nullptr);
            fprintf(stderr, "Failed to execute %s: %s\n", program.c_str(), strerror(errno));
        });
    }

    void start(Member &member) {
        const passwd *user = userOf(member);
        member.command = child([&] {
            enter(member, user);
            execute(member.commandInfo());
        });
        printf("Forked the command of %s at %d\n", member.id.c_str(), member.command);
        report(member, "TASK_RUNNING");
        if (member.task.contains("health_check"))
            member.health = std::make_unique<HealthCheck>(
                member.task["health_check"], now(), [this, &member] { enter(member, userOf(member)); });
    }

    // MARK: Ending

    void killMember(Member &member, Milliseconds grace) {
        if (member.over) return;
        Milliseconds at = now() + grace;
        if (member.killing) {
            member.killAt = std::min(member.killAt, at);    // a kill under way may only be made shorter
            return;
        }
        member.killing = true;
        member.killAt = at;
        if (member.health) member.health->stop();
        if (reportsKilling) report(member, "TASK_KILLING");
        if (member.command <= 0 && member.fetcher <= 0)
            return finish(member, "TASK_KILLED", {{"message", "Killed before it was started"}});
        signalAll(member.processes(), SIGTERM);
    }

    void killGroup() {
        for (auto &member : group)
            if (!member->killing) killMember(*member, graceOf(json::object(), member->task));
    }

    void finish(Member &member, const char *state, const json &extra) {
        if (member.health) member.health->stop();
        if (member.command > 0 || member.fetcher > 0) signalAll(member.processes(), SIGKILL);      // what it left behind
        member.over = true;
        member.killAt = 0;
        report(member, state, extra);
        if (strcmp(state, "TASK_FINISHED") != 0) killGroup();
        if (!std::all_of(group.begin(), group.end(), [](auto &member) { return member->over; })) return;
        signalAll(descendants(getpid()), SIGKILL);
        leaveBy = now() + 60'000;
    }

    void fetched(Member &member, int status) {
        member.fetcher = 0;
        if (member.killing) return finish(member, "TASK_KILLED", {{"message", "Killed while its files were fetched"}});
        if (status == 0) {
            try {
                return start(member);
            } catch (const std::exception &error) {
                return finish(member, "TASK_FAILED", {{"message", error.what()}});
            }
        }
        finish(member, "TASK_FAILED",
               {{"message", "Failed to fetch its files: see its stderr"}, {"reason", "REASON_CONTAINER_LAUNCH_FAILED"}});
    }

    void commandEnded(Member &member, int status) {
        json extra = {{"message", endInWords(status)}};
        finish(member, member.killing ? "TASK_KILLED" : status == 0 ? "TASK_FINISHED" : "TASK_FAILED", extra);
    }

    void probeEnded(Member &member, int status) {
        auto verdict = member.health->ended(status, now());
        if (member.killing || member.over) return;
        if (verdict == HealthCheck::Verdict::Ignored || verdict == HealthCheck::Verdict::Unchanged) return;
        report(member, "TASK_RUNNING", {{"reason", "REASON_TASK_HEALTH_CHECK_STATUS_UPDATED"}});
        if (verdict == HealthCheck::Verdict::Kill) killMember(member, graceOf(json::object(), member.task));
    }

    // MARK: What is due

    void childEnded(pid_t pid, int status) override {
        for (auto &member : group) {
            if (member->over) continue;
            if (pid == member->command) return commandEnded(*member, status);
            if (pid == member->fetcher) return fetched(*member, status);
            if (member->health && pid == member->health->process) return probeEnded(*member, status);
        }
    }

    void doWhatIsDue() override {
        if (leaveBy > 0 && (isAllAcknowledged() || now() >= leaveBy)) _exit(0);
        for (auto &member : group) {
            if (member->over) continue;
            if (member->killing && now() >= member->killAt) {
                signalAll(member->processes(), SIGKILL);
                member->killAt = now() + 100;               // until it is gone: it may have forked meanwhile
            }
            if (member->health && !member->killing) member->health->turn(now());
        }
    }

    Milliseconds nextDue() const override {
        Milliseconds next = leaveBy;
        for (auto &member : group) {
            if (member->over) continue;
            Milliseconds at = member->killing ? member->killAt : member->health ? member->health->due() : 0;
            if (at > 0) next = next > 0 ? std::min(next, at) : at;
        }
        return next;
    }

public:
    explicit DefaultExecutor(std::string launcherDirectory) : launcherDirectory(std::move(launcherDirectory)) {}
};

int main(int argc, char **argv) {
    setvbuf(stdout, nullptr, _IOLBF, 0);
    std::string launcherDirectory = fs::read_symlink("/proc/self/exe").parent_path();
    for (int i = 1; i < argc; i++) {
        const char *flag = "--launcher_dir=";
        if (strncmp(argv[i], flag, strlen(flag)) == 0) launcherDirectory = argv[i] + strlen(flag);
    }
    try {
        DefaultExecutor(launcherDirectory).run();
    } catch (const std::exception &error) {
        fprintf(stderr, "mesos-default-executor: %s\n", error.what());
        return 1;
    }
}
