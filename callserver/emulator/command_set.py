"""What each command of the modem does."""

from collections.abc import Callable

from callserver.emulator.class_1.commands import FaxCommands
from callserver.emulator.command_line import BadCommand, Command, CommandKind
from callserver.emulator.dialling import answer_data, dial, send_tones
from callserver.emulator.parameters import ALL_COUNTRY_CODES, BASIC, CARRIAGE_RETURN, PARAMETERS, PROFILES
from callserver.emulator.voice_modem import IVoiceModem

Information = list[str]
REGISTER_MAX = 255
EVENTS = "00000000"  # masks in +VLS=?


class CommandSet:
    """Does commands on its modem; information comes back as lines, refusal as `BadCommand`."""

    def __init__(self, modem: IVoiceModem) -> None:
        self._modem, self.fax = modem, FaxCommands(modem)
        self._by_name: dict[str, Callable[[Command], Information]] = {
            "A": self._answer,
            "D": self._dial,
            "H": self._hook,
            "I": self._identity,
            "O": self._refuse,
            "Z": self._reset,
            "T": self._nothing,
            "P": self._nothing,
            "&F": self._factory,
            "&V": self._view,
            "&W": self._store,
            "+FCLASS": self._service,
            "+GCI": self._country,
            **self.fax.by_name,
            "+GMI": lambda command: self._told(command, f"+GMI: {self._modem.chip.manufacturer}"),
            "+GMM": lambda command: self._told(command, f"+GMM: {self._modem.chip.model}"),
            "+GMR": lambda command: self._told(command, f"+GMR: {self._modem.chip.revision}"),
            "+VLS": self._voice(self._line),
            "+VSM": self._voice(self._sampling),
            "+VTX": self._voice(lambda command: self._stream(command, plays=True, records=False)),
            "+VRX": self._voice(lambda command: self._stream(command, plays=False, records=True)),
            "+VTR": self._voice(lambda command: self._stream(command, plays=True, records=True)),
            "+VTS": self._voice(self._tones),
            "+VRID": self._repeat_caller,
        }

    def do(self, command: Command) -> Information:
        """
        Do it.

        :return: information text, line by line
        :raises BadCommand: unknown, or not possible with this value or now
        """
        self._demand(command.name not in self._modem.chip.unknown)
        if action := self._by_name.get(command.name):
            return action(command)
        if command.name in PARAMETERS:
            return self._parameter(command)
        if command.name in BASIC:
            return self._basic(command)
        if command.name[0] == "S":
            return self._register(command)
        raise BadCommand(command.name)

    def answers_bare(self, name: str) -> bool:
        """Whether OK follows its information without a blank line: CX chips do so after answers to questions."""
        return name[0] in "+-S" and not name.startswith("+GM")

    def _voice(self, action: Callable[[Command], Information]) -> Callable[[Command], Information]:
        def only_in_voice(command: Command) -> Information:
            self._demand(self._modem.settings.voice)
            return action(command)

        return only_in_voice

    def _demand(self, condition: bool) -> None:
        if not condition:
            raise BadCommand

    def _nothing(self, command: Command) -> Information:
        return []

    def _refuse(self, command: Command) -> Information:
        raise BadCommand(command.name)

    def _told(self, command: Command, text: str) -> Information:
        self._demand(command.kind is CommandKind.DO)
        return [text]

    # Basic commands

    def _basic(self, command: Command) -> Information:
        highest, _ = BASIC[command.name]
        value = int(command.value or 0)
        self._demand(value <= highest)
        self._modem.settings.basic[command.name] = value
        return []

    def _register(self, command: Command) -> Information:
        registers = self._modem.settings.registers
        number = int(command.name[1:] or 0)
        self._demand(number in registers)
        if command.kind is CommandKind.READ:
            return [f"{registers[number]:03d}"]
        if command.kind is CommandKind.SET:
            value = int(command.value or 0)
            self._demand(value <= (127 if number <= CARRIAGE_RETURN else REGISTER_MAX))
            registers[number] = value
        return []

    def _answer(self, command: Command) -> Information:
        if self._modem.settings.voice:
            self._modem.lift()
            self._modem.settings.device = 1
        else:
            answers = self.fax.answer() if self._modem.settings.fax else answer_data(self._modem)
            self._modem.run(answers, abortable=True)
        return []

    def _dial(self, command: Command) -> Information:
        stays = command.value.endswith(";")
        then = self.fax.call if self._modem.settings.fax else None
        self._modem.run(dial(self._modem, command.value.rstrip(";"), stays, then), abortable=True)
        return []

    def _hook(self, command: Command) -> Information:
        self._demand(command.value in ("", "0", "1"))
        self._hang_up() if command.value != "1" else self._modem.lift()
        return []

    def _hang_up(self) -> None:
        self._modem.hang_up()
        self._modem.settings.device = 0

    def _identity(self, command: Command) -> Information:
        text = self._modem.chip.identity.get(int(command.value or 0))
        return [text] if text else []

    def _reset(self, command: Command) -> Information:
        profile = self._profile(command)
        self._hang_up()
        self._modem.settings.reset(profile)
        return []

    def _store(self, command: Command) -> Information:
        self._modem.settings.store(self._profile(command))
        return []

    def _profile(self, command: Command) -> int:
        profile = int(command.value or 0)
        self._demand(profile < PROFILES)
        return profile

    def _factory(self, command: Command) -> Information:
        self._modem.settings.factory()
        return []

    def _view(self, command: Command) -> Information:
        settings = self._modem.settings
        return [
            "ACTIVE PROFILE:",
            " ".join(f"{name}{value}" for name, value in settings.basic.items()),
            " ".join(f"S{number:02d}:{value:03d}" for number, value in settings.registers.items()),
        ]

    # Extended commands

    def _parameter(self, command: Command) -> Information:
        parameter, numbers = PARAMETERS[command.name], self._modem.settings.numbers
        self._demand(self._modem.settings.voice or not parameter.voice_only)
        if command.kind is CommandKind.TEST:
            return [parameter.described()]
        if command.kind is CommandKind.READ:
            return [",".join(map(str, numbers[command.name]))]
        self._demand(command.kind is CommandKind.SET)
        try:
            values = parameter.read(command.value, numbers[command.name])
        except ValueError as problem:
            raise BadCommand(command.value) from problem
        if not parameter.frozen:
            numbers[command.name] = values
        return []

    def _service(self, command: Command) -> Information:
        settings = self._modem.settings
        if command.kind is CommandKind.TEST:
            return [",".join(self._modem.chip.classes)]
        if command.kind is CommandKind.READ:
            return [settings.service]
        self._demand(command.kind is CommandKind.SET and command.value in self._modem.chip.classes)
        if settings.voice and command.value != settings.service and settings.numbers["+VNH"] == (0,):
            self._hang_up()
        settings.service = command.value
        return []

    def _country(self, command: Command) -> Information:
        settings = self._modem.settings
        if command.kind is CommandKind.TEST:
            return [f"({','.join(ALL_COUNTRY_CODES)})"]
        if command.kind is CommandKind.READ:
            return [settings.country_code]
        self._demand(command.kind is CommandKind.SET and command.value in ALL_COUNTRY_CODES)
        settings.country_code = command.value
        return []

    def _line(self, command: Command) -> Information:
        devices = self._modem.chip.devices
        if command.kind is CommandKind.TEST:
            return [f'{label},"{name}",{EVENTS},{EVENTS},{EVENTS}' for label, name in devices.items()]
        if command.kind is CommandKind.READ:
            return [str(self._modem.settings.device)]
        label = self._number(command)
        self._demand(label in devices)
        if "T" in devices[label]:
            self._modem.lift()
        else:
            self._modem.hang_up()
        self._modem.settings.device = label
        return []

    def _sampling(self, command: Command) -> Information:
        samplings, settings = self._modem.chip.samplings, self._modem.settings
        if command.kind is CommandKind.TEST:
            return [f'{number},"{each.name}",{each.bits},0,(8000),(0),(0)' for number, each in samplings.items()]
        if command.kind is CommandKind.READ:
            return [f"{settings.sampling},8000,0,0"]
        self._demand(command.kind is CommandKind.SET)
        number, *others = command.value.split(",")
        self._demand(number.isdecimal() and int(number) in samplings)
        self._demand(all(given in ("", only) for given, only in zip(others, ("8000", "0", "0"), strict=False)))
        settings.sampling = int(number)
        return []

    def _stream(self, command: Command, plays: bool, records: bool) -> Information:
        if command.kind is CommandKind.TEST:
            return []
        self._demand(command.kind is CommandKind.DO)
        self._modem.open_stream(plays, records)
        return []

    def _tones(self, command: Command) -> Information:
        if command.kind is CommandKind.TEST:
            return ["(200-3400),(200-3400),(0-255)"]
        self._demand(command.kind is CommandKind.SET)
        try:
            self._modem.run(send_tones(self._modem, command.value), abortable=False)
        except ValueError as problem:
            raise BadCommand(command.value) from problem
        return []

    def _repeat_caller(self, command: Command) -> Information:
        report = self._modem.caller_report
        self._demand(command.kind is CommandKind.SET and command.value in ("0", "1"))
        if report.latest:
            self._modem.tell(report.text(report.latest, 1 + int(command.value)))
        return []

    def _number(self, command: Command) -> int:
        self._demand(command.kind is CommandKind.SET and command.value.isdecimal())
        return int(command.value)
