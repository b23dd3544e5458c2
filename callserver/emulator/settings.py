"""What a modem has been set to."""

from dataclasses import dataclass, field

from callserver.emulator.parameters import BASIC, CARRIAGE_RETURN, COUNTRY_CODES, LINE_FEED, PARAMETERS, REGISTERS

NOMINAL_GAIN = 128
VOICE = "8"
FAX = ("1", "1.0")


@dataclass
class Settings:
    """All of it; a new one is the factory's."""

    country: str
    service: str = "0"  # +FCLASS
    sampling: int = 1  # +VSM
    device: int = 0  # +VLS
    numbers: dict[str, tuple[int, ...]] = field(default_factory=lambda: {n: p.default for n, p in PARAMETERS.items()})
    basic: dict[str, int] = field(default_factory=lambda: {name: default for name, (_, default) in BASIC.items()})
    registers: dict[int, int] = field(default_factory=lambda: dict(REGISTERS))
    country_code: str = ""  # +GCI
    stored: dict[int, tuple[dict[str, int], dict[int, int]]] = field(default_factory=dict)  # AT&W: basic, registers

    def __post_init__(self) -> None:
        self.country_code = self.country_code or self.home_code

    @property
    def home_code(self) -> str:
        """What +GCI ought to be on this line."""
        return COUNTRY_CODES.get(self.country, "00")

    @property
    def voice(self) -> bool:
        return self.service == VOICE

    @property
    def fax(self) -> bool:
        return self.service in FAX

    @property
    def line_end(self) -> bytes:
        return bytes((self.registers[CARRIAGE_RETURN], self.registers[LINE_FEED]))

    @property
    def gains(self) -> tuple[float, float]:
        """Of what is played and what is recorded; 1.0 nominal. 0 asks for automatic gain and gets the nominal one."""
        play, record = self.numbers["+VGT"][0], self.numbers["+VGR"][0]
        return (play or NOMINAL_GAIN) / NOMINAL_GAIN, (record or NOMINAL_GAIN) / NOMINAL_GAIN

    def factory(self) -> None:
        """As delivered, but for country, stored profiles, and the voice mode that it is in (AT&F)."""
        self._renew(service=self.service, device=self.device)

    def store(self, profile: int) -> None:
        """Keep what survives a reset (AT&W); voice parameters and caller ID never do."""
        self.stored[profile] = dict(self.basic), dict(self.registers)

    def reset(self, profile: int) -> None:
        """As stored, else as delivered, and out of voice mode (ATZ)."""
        self._renew()
        if profile in self.stored:
            basic, registers = self.stored[profile]
            self.basic, self.registers = dict(basic), dict(registers)

    def _renew(self, **kept: object) -> None:
        fresh = Settings(self.country, country_code=self.country_code, stored=self.stored)
        self.__dict__.update({**fresh.__dict__, **kept})
