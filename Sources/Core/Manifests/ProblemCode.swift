package import Domain

/// What can be wrong with a file. The codes are stable: people silence, search and link them. `docs/problems.md` has an
/// example and the mend for each.
package enum ProblemCode: String, CaseIterable, Sendable {
    /// The file is not well-formed YAML.
    case syntax = "PACER-E001"
    /// The file is not UTF-8.
    case encoding = "PACER-E002"
    /// Lists and mappings stand too deep within one another.
    case tooDeep = "PACER-E003"
    /// The file holds too many values.
    case tooManyValues = "PACER-E004"
    /// An alias refers to nothing, to itself, or grows beyond the limit.
    case alias = "PACER-E005"
    /// The file is over the size limit.
    case tooLarge = "PACER-E006"
    /// A manifest's name belongs to a symbolic link or a submodule.
    case notAFile = "PACER-E007"
    /// The file declares nothing.
    case declaresNothing = "PACER-E008"
    /// A value is of another type than its key takes.
    case wrongType = "PACER-E010"
    /// A key is not known, and one that is known is nearly the same.
    case misspeltKey = "PACER-E011"
    /// Marathon has it, or had it once, and Pacer cannot carry it over; the message says why.
    case notSupported = "PACER-E012"
    /// A key stands twice in a mapping.
    case duplicateKey = "PACER-E013"
    /// A number is outside of what its key takes.
    case outOfRange = "PACER-E014"
    /// A text is none of those that its key takes.
    case badValue = "PACER-E015"
    /// A key is missing that must be there.
    case missingKey = "PACER-E016"
    /// A YAML merge key `<<` has something else than mappings.
    case badMergeKey = "PACER-E017"
    /// An id breaks the grammar, climbs above the root, or is reserved.
    case badID = "PACER-E020"
    /// An app or a group has no id, and the file's name cannot give it.
    case missingID = "PACER-E021"
    /// Two places declare the same id.
    case duplicateID = "PACER-E022"
    /// An id names both an app and a group.
    case appIsGroup = "PACER-E023"
    /// An id lies outside of the source's group, or of the group that holds it.
    case outsideGroup = "PACER-E024"
    /// A folder's name cannot be a group's.
    case badFolderName = "PACER-E026"
    /// An app has both `cmd` and `args`, or neither.
    case commandOrArguments = "PACER-E030"
    /// Two keys say the same thing and exclude one another.
    case conflictingKeys = "PACER-E031"
    /// A port's name or number stands twice.
    case duplicatePort = "PACER-E032"
    /// A check goes to a port that the app does not have.
    case unknownPort = "PACER-E033"
    /// More checks than Mesos runs for a task.
    case tooManyChecks = "PACER-E034"
    /// A constraint breaks its operator's rules.
    case badConstraint = "PACER-E035"
    /// A single-instance app allows a second instance.
    case singleInstance = "PACER-E036"
    /// An app with persistent volumes says something that does not go with them.
    case residentApp = "PACER-E037"
    /// An app names another role than the one that its group enforces.
    case roleNotEnforced = "PACER-E038"
    /// Something refers to a secret that `secrets` does not declare.
    case unknownSecret = "PACER-E039"
    /// A dependency is neither an app nor a group of the source.
    case unknownDependency = "PACER-E040"
    /// Apps depend on one another in a circle.
    case dependencyCycle = "PACER-E041"
    /// Networks do not go together, or ports do not go with them.
    case badNetworks = "PACER-E042"
    /// Two apps have one volume of a storage provider, which no two can have at once.
    case volumeTaken = "PACER-E043"
    /// An environment's file has no base file, or not its documents.
    case overlayWithoutBase = "PACER-E050"
    /// The controller's environment is not one that the source declares.
    case unknownEnvironment = "PACER-E051"
    /// Two containers or volumes of a pod have one name.
    case duplicateName = "PACER-E060"
    /// A container mounts a volume that its pod does not have, or a pod has one that no container mounts.
    case unmatchedVolume = "PACER-E061"
    /// A key is not known; Marathon ignores it in silence.
    case unknownKey = "PACER-W001"
    /// A key that a running Marathon adds to its answers.
    case runtimeKey = "PACER-W002"
    /// A form that Marathon has deprecated.
    case deprecated = "PACER-W003"
    /// A check that Marathon's leader ran and that Pacer lets the agent run.
    case checkRunsOnAgent = "PACER-W004"
    /// A number or truth value where Marathon takes text only.
    case takenAsText = "PACER-W005"
    /// A key that says nothing where it stands.
    case withoutEffect = "PACER-W006"
    /// A dependency that lies outside of the source, or in a file that cannot be read.
    case uncheckedDependency = "PACER-W007"
    /// A file has more problems than are told.
    case tooManyProblems = "PACER-W008"
    /// The source has files for environments, and none for the controller's.
    case environmentWithoutFiles = "PACER-W009"

    /// A container without a type, of which only one kind can be meant.
    case assumedType = "PACER-W010"

    /// A word in another case than Marathon's own.
    case otherCase = "PACER-W011"
    /// A bare text that YAML 1.1 reads as something else.
    case readOtherwise = "PACER-W012"

    /// An error, or a warning: the letter of the code.
    package var severity: Problem.Severity { rawValue.contains("-E") ? .error : .warning }

    init(_ kind: ParseFailure.Kind) {
        switch kind {
        case .syntax: self = .syntax
        case .encoding: self = .encoding
        case .tooDeep: self = .tooDeep
        case .tooManyNodes: self = .tooManyValues
        case .alias: self = .alias
        case .tooLarge: self = .tooLarge
        }
    }
}
