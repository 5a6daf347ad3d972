"""Texts that an encoder is tried on when it is compiled: to prove parity, and to learn how alike unrelated texts look to it.

No question here has anything to do with any passage.
"""

PASSAGES = (
    "Tides follow the moon. Twice a day the sea climbs the harbour wall and twice it leaves the boats lying in the mud, a little "
    "later each day because the moon has moved on in its orbit.",
    "A sourdough starter is flour and water in which wild yeast has settled. Feed it every day at room temperature, or once a "
    "week if you keep it in the refrigerator, and use it when it has doubled in size.",
    "The rook moves along ranks and files. Two of them on the seventh rank tie the enemy king to the edge of the board.",
    "Basalt lava flows a long way because it holds little silica. Rhyolite is sticky; the gas can't leave it, and so it bursts.",
    "Before a long ride check the pressure of both tyres, the wear of the brake pads and the chain.",
    "Value added tax is charged at every step of production, but each trader deducts what was already paid by the one before.",
    "The violin has no frets. The player finds each pitch by the place of the finger and corrects it by ear within a few "
    "hundredths of a second, which is one reason why the first years on the instrument are so hard on the family of the learner.",
    "Honey bees tell each other where flowers are by a dance on the comb whose angle stands for the direction of the sun.",
    "An offside player is level with neither the ball nor the second last opponent when a team mate plays the pass.",
    "Glaciers carve valleys in the shape of a U. When the ice withdraws, a lake is often left behind its last moraine.",
    "Movable type made books cheap. Within fifty years presses stood in more than two hundred towns.",
    "Grind coffee just before brewing. Water a little below boiling draws out the sweetness and leaves most of the bitterness.",
    "Under proportional representation a party that wins a third of the votes gets about a third of the seats.",
    "Knit two together at the start of the row, then knit to the last three stitches and turn.",
    "A satellite in geostationary orbit stands 36,000 kilometres above the equator and circles as fast as the earth turns.",
    "Rennet splits the milk into curds and whey. The curds are cut, salted, pressed and left to ripen for months.",
    "Asthma narrows the airways. A reliever inhaler opens them within minutes; a preventer, taken daily, calms the inflammation.",
    "Prune apple trees in winter, when the shape of the branches can be seen, and never take more than a fifth of the wood.",
    "Concrete is strong under pressure and weak under tension, so steel bars are laid where a beam would crack.",
    "The sonnet has fourteen lines. In the last two the English form turns the argument round, or drives it home.",
)

QUESTIONS = (
    "how do I renew a passport that has run out",
    "what is the capital of Mongolia",
    "Which antibiotics can be given to a cat?",
    "why does my laptop fan run all the time",
    "who painted the ceiling of the Sistine Chapel",
    "best way to remove red wine from a carpet",
    "How long should a roast chicken rest?",
    "when did the Berlin Wall come down",
    "How do I train for a first marathon?",
    "What is the difference between a virus and a bacterium?",
    "how to write a cover letter for a job",
    "Is it safe to swim during a thunderstorm?",
    "what does quantum entanglement mean",
    "cheap flights to Lisbon in June",
    "How can I make up with my partner after a fight?",
    "my toddler will not sleep through the night",
    "what should a landlord repair",
    "How are diamonds formed?",
    "rules of blackjack",
    "How do I sort a list of dates in a spreadsheet?",
)
