"""What is measured of a model: figures, baselines, robustness, fairness, explanations; the card and the gate."""
